import { computed, ref, watch, type Ref } from 'vue';
import type { MapView } from '../../../src-shared/model';
import type { CellList, CellOrder, CellSubject } from '../../components/map/cell-list';
import { fittingZoom, ZOOM_STEPS } from '../../components/map/map-zoom';
import type { CanvasSize } from '../../components/map/use-canvas-size';
import { t } from '../../i18n';

/** How close the map is looked at. What was fitted to the window is fitted again when the window changes. */
export function useMapZoom(parts: {
  /** Of the picture; undefined while there is none. */
  readonly size: () => CanvasSize | undefined;
  readonly shown: Readonly<Ref<CellList | null>>;
  readonly map: Readonly<Ref<MapView | null>>;
  readonly order: Readonly<Ref<CellOrder>>;
  /** Whether the sectors of one block are shown. */
  readonly isInBlock: Readonly<Ref<boolean>>;
  readonly subject: Readonly<Ref<CellSubject | null>>;
}) {
  const { shown, map, order, isInBlock, subject } = parts;
  const zoom = ref(0);
  const widest = ref(0);
  /** The zoom at which everything was fitted; null before the first time, -1 where it need not fit again. */
  let fitted: number | null = null;

  function zoomToFit(): void {
    const area = parts.size();
    if (!area || !shown.value) return;
    zoom.value = fittingZoom(shown.value.states.length, area.widthPx, area.heightPx);
    widest.value = isInBlock.value ? zoom.value : 0;
    fitted = zoom.value;
  }

  /** As close as blocks are looked at. */
  function zoomToClosest(): void {
    widest.value = 0;
    fitted = -1;
    zoom.value = ZOOM_STEPS.length - 1;
  }

  const zoomInReason = computed(() => {
    if (zoom.value < ZOOM_STEPS.length - 1) return null;
    if (isInBlock.value) return t('map.closest');
    return subject.value?.kind === 'block' ? null : t('map.closestBlocks');
  });
  const zoomOutReason = computed(() => (zoom.value === 0 && !isInBlock.value ? t('map.widest') : null));

  // The first picture of a disk, and of a file order, shows all of it; a closer reading of it changes nothing.
  watch([parts.size, map, order] as const, ([size, now], [, mapBefore, orderBefore]) => {
    if (!size || size.widthPx === 0) return;
    const isNew = mapBefore?.blockCount !== now?.blockCount || orderBefore !== order.value;
    if (fitted === null || isNew || fitted === zoom.value) zoomToFit();
  });

  return { zoom, widest, zoomToFit, zoomToClosest, zoomInReason, zoomOutReason };
}
