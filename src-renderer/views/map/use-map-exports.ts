import { computed, type Ref } from 'vue';
import type { MapView } from '../../../src-shared/model';
import { saveBlob } from '../../api/save-blob';
import { csvOf, jsonOf } from '../../components/map/export-runs';
import { t } from '../../i18n';
import type { MenuEntry } from '../../ui';

/** What of a map can be saved: the picture while there is one, and its runs. */
export function useMapExports(parts: {
  /** Of the disk; the files are named after it. */
  readonly name: Readonly<Ref<string>>;
  readonly map: Readonly<Ref<MapView | null>>;
  readonly sectors: Readonly<Ref<Uint32Array>>;
  readonly hasPicture: () => boolean;
  readonly picture: () => Promise<Blob | null> | undefined;
}) {
  const { name, map, sectors } = parts;

  async function save(made: Promise<Blob | null> | undefined, extension: string): Promise<void> {
    const blob = await made;
    if (blob) saveBlob(blob, `${name.value}.map.${extension}`);
  }

  return computed<MenuEntry[]>(() => [
    ...(parts.hasPicture()
      ? [
          {
            kind: 'item' as const,
            id: 'png',
            label: t('map.exportPng'),
            run: () => void save(parts.picture(), 'png'),
          },
        ]
      : []),
    {
      kind: 'item',
      id: 'json',
      label: t('map.exportJson'),
      run: () => map.value && void save(jsonOf(map.value, sectors.value), 'json'),
    },
    {
      kind: 'item',
      id: 'csv',
      label: t('map.exportCsv'),
      run: () => map.value && void save(csvOf(map.value, sectors.value), 'csv'),
    },
  ]);
}
