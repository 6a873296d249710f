/** The public face of the ownership of a state directory. */
export * from "./Classify.ts"
export { classifyDevice } from "./Device.ts"
export * as DiskFree from "./DiskFree.ts"
export * as Evidence from "./Evidence.ts"
export * from "./Lock.ts"
export * as Mounts from "./Mounts.ts"
export * as Volume from "./Volume.ts"
