/**
 * The face of the shell: the services through which the core meets the machine, and the supervisor over them, for
 * another program to embed.
 */
export * as Configuration from "./config/Configuration.ts"
export * as Places from "./config/Places.ts"
export * as TaskFile from "./config/TaskFile.ts"
export * as Trees from "./git/Trees.ts"
export * as GuardDeclarations from "./guards/Declarations.ts"
export * as Guards from "./guards/Guards.ts"
export * as Ingest from "./hooks/Ingest.ts"
export { BoardFolder } from "./http/BoardFiles.ts"
export * as IngestLive from "./http/IngestLive.ts"
export * as FileOwnership from "./ownership/FileOwnership.ts"
export * as Ownership from "./ownership/Ownership.ts"
export * as OwnershipProbes from "./ownership/Probes.ts"
export * as Processes from "./process/Processes.ts"
export * as MemoryStore from "./store/MemoryStore.ts"
export * as SqlStore from "./store/SqlStore.ts"
export * as Store from "./store/Store.ts"
export * as Live from "./supervisor/Live.ts"
export * as Supervisor from "./supervisor/Supervisor.ts"
