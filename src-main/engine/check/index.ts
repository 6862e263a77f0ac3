export { readBatmap } from '../disk/batmap';
export { ByteOwners } from './byte-owner';
export { RULE_CATALOGUE } from './catalogue';
export {
  checkImage,
  loadCatalogue,
  quickFindings,
  quickLook,
  requireVhd,
  type QuickLook,
} from './check-image';
export type { CheckOptions } from './check-image';
export { interruptedWarnings } from './interrupted';
export { inspectImage } from './inspect/inspect-image';
export type { InspectableStructure, InspectOptions } from './inspect/inspect-image';
export { renderReport, reportFormatOf } from './report/report';
export type { ReportedImage, ReportFormat } from './report/report';
export type { RuleFacts } from './rule';
