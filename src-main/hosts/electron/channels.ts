/** `(method, input) -> Envelope`. */
export const CALL_CHANNEL = 'platter:call';
/** `(paths) -> Envelope<DroppedItems>`. */
export const DROP_CHANNEL = 'platter:dropped';
/** `(name, payload)`, from main to the page. */
export const EVENT_CHANNEL = 'platter:event';
/** `(fileId)`, no answer: the person drags an open file out of the window. */
export const DRAG_CHANNEL = 'platter:drag';
