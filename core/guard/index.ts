/** The public face of guards. */
export { bootKey, turnedOff } from "./Boot.ts"
export type { Config } from "./Config.ts"
export type { AlwaysOn, Configured, Declaration } from "./Declaration.ts"
export { type Effective, effective, nextEnd, type Override } from "./Effective.ts"
export { type Change, type Episode, type Finding, open, step, well } from "./Episode.ts"
export { isFailing, Posture } from "./Posture.ts"
export { posture, type Row } from "./Row.ts"
export type { Runtime, Status } from "./Runtime.ts"
export {
  type Changed,
  configurationKey,
  keyOf,
  type Known,
  known,
  type Look,
  type Noted,
  type Survey,
  survey
} from "./Survey.ts"
