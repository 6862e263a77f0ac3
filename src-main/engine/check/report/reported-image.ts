import type { WireError } from '../../../../src-shared/errors';
import type { CheckReport } from '../../../../src-shared/model/check-report';

/** One image of a report: what the check says, or why it could not be checked. */
export type ReportedImage = CheckReport | { readonly path: string; readonly error: WireError };

export const isChecked = (image: ReportedImage): image is CheckReport => 'verdict' in image;
