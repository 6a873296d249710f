/**
 * The user's own file: how the fleet is run (`[policy]`), the programs that do the work (`[agents.NAME]`, and `[brain]` for verifiers), when the
 * lock of another host is taken over (`[ownership]`), which protections are off for a while (`[guards.KEY]`), what is
 * kept of ended tasks (`[retention]`), whether agents are told to run hooks (`[hooks]`), whether their promises are tracked
 * (`[action_claim]`), and how what needs a person reaches one (`[attention]`).
 */
import { dirname } from "node:path"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Price } from "../../core/execution/Spend.ts"
import type * as Guard from "../../core/guard/Config.ts"
import { type Healing, noHealing } from "../../core/ownership/Classify.ts"
import * as Policy from "../../core/policy/Policy.ts"
import * as Retention from "../../core/retention/Retention.ts"
import * as AgentDefinition from "../../core/task/AgentDefinition.ts"
import * as AgentTable from "./AgentTable.ts"
import * as AttentionTable from "./AttentionTable.ts"
import * as BrainTable from "./BrainTable.ts"
import * as ClaimTable from "./ClaimTable.ts"
import { ConfigInvalid, type ConfigUnreadable, arrange } from "./ConfigProblem.ts"
import * as GuardTable from "./GuardTable.ts"
import { Places } from "./Places.ts"
import * as HttpTable from "./HttpTable.ts"
import * as RoleTable from "./RoleTable.ts"
import * as Toml from "./Toml.ts"
import { Days, maybe, Milliseconds, Model, PositiveCount, Rate, Switch } from "./Values.ts"

export type Agents = ReadonlyMap<string, AgentDefinition.AgentDefinition>

export type Prices = ReadonlyMap<string, Price>

export interface Hooks {
  /** Agents that drover starts run drover's hooks, though no file of the user has them. */
  readonly inject: boolean
}

export interface ConfigurationService {
  /** The user's file, whether it exists or not. */
  readonly file: string
  readonly policy: Policy.Policy
  /** By name; the built-in ones among them. */
  readonly agents: Agents
  /** The model command that `brain` verifiers ask. */
  readonly brain: AgentDefinition.AgentDefinition
  /** Which agent judges and which merges (`qa`, `merger`), and which does the work of a role where no session takes it. */
  readonly roles: RoleTable.Roles
  /** What the file says of guards, as it was read. */
  readonly guards: Guard.Config
  /** What it says of them now: it may have been changed since. */
  readonly guardsNow: Effect.Effect<Guard.Config, ConfigInvalid | ConfigUnreadable>
  readonly ownership: Healing
  /** What a million tokens of a model cost, by its name. */
  readonly prices: Prices
  /** Where it is asked over TCP, beside its socket. */
  readonly http: { readonly listen: HttpTable.Address | null }
  /** What is kept of ended tasks, and of what hooks told. */
  readonly retention: Retention.Limits
  readonly hooks: Hooks
  /** Whether and how what agents promise is tracked. */
  readonly claims: ClaimTable.ClaimSettings
  /** How what needs a person reaches one. */
  readonly attention: AttentionTable.Attention
  /** PATH: where the programs of agents are looked for, if they do not have their own. */
  readonly searchPath: string | undefined
}

export class Configuration extends Context.Tag("drover/Configuration")<Configuration, ConfigurationService>() {}

const key = <A, I>(name: string, value: Schema.Schema<A, I>, meaning: string) =>
  maybe(value, meaning).pipe(Schema.fromKey(name))

/** By `fromKey` its description is where those of the other keys are. */
const needed = <A, I>(name: string, value: Schema.Schema<A, I>, meaning: string) =>
  Schema.propertySignature(value).annotations({ description: meaning }).pipe(Schema.fromKey(name))

const PolicyTable = Schema.Struct({
  maxConcurrent: key("max_concurrent", PositiveCount, "Tasks that hold a slot at once"),
  maxVerifiers: key("max_verifiers", PositiveCount, "Verifiers that run at once"),
  backoffBaseMs: key("backoff_base_ms", Milliseconds, "The longest wait before the first retry"),
  backoffCapMs: key("backoff_cap_ms", Milliseconds, "The longest wait before any retry"),
  launchGraceMs: key("launch_grace_ms", Milliseconds, "How long a launched process may stay unseen"),
  stopGraceMs: key("stop_grace_ms", Milliseconds, "Between TERM and KILL"),
  claimMs: key("claim_ms", Milliseconds, "How long a message may wait in a mailbox"),
  survivorAttentionMs: key("survivor_attention_ms", Milliseconds, "Until a survivor of a stop is shown to a person"),
  limitFallbackMs: key("limit_fallback_ms", Milliseconds, "The pause of an account whose provider named no end"),
  canaryMs: key("canary_ms", Milliseconds, "How long the first attempt after a limit works alone"),
  maxStrikes: key("max_strikes", PositiveCount, "Failed landings until a person decides"),
  maxQaRounds: key("max_qa_rounds", PositiveCount, "Rounds of QA that may send a task back"),
  maxLaunchFailures: key("max_launch_failures", PositiveCount, "Failed launches in a row until a person decides"),
  maxAborts: key("max_aborts", PositiveCount, "Ends without a session in a row until a person decides"),
  maxAttemptsWithoutProgress: key(
    "max_attempts_without_progress",
    PositiveCount,
    "Attempts in a row without progress until a person decides"
  ),
  maxRespawnsWithoutCommit: key(
    "max_respawns_without_commit",
    PositiveCount,
    "Attempts in a row without a commit until a person decides"
  ),
  doneRetentionMs: key("done_retention_ms", Milliseconds, "How long a done task stays in the listings"),
  onDrift: key(
    "on_drift",
    Policy.Policy.fields.onDrift,
    "When files have changed since a session last saw them: `block` asks a person, `warn` tells the session"
  )
})

const PriceTable = Schema.Struct({
  input: needed("input", Rate, "Of a million tokens that it is given"),
  output: needed("output", Rate, "Of a million tokens that it answers"),
  cacheRead: key("cache_read", Rate, "Of a million tokens that come from the cache; as `input` when nothing is said"),
  cacheWrite: key("cache_write", Rate, "Of a million tokens that go into it; as `input` when nothing is said")
})

const OwnershipTable = Schema.Struct({
  autoHeal: key("auto_heal", Switch, "Take over the lock of a host with another name, if it is proved to be abandoned"),
  dryRun: key("dry_run", Switch, "Say what auto_heal would take over, and leave it")
})

const RetentionTable = Schema.Struct({
  attempts: key("attempts_days", Days, "How long the files of an ended task's attempts are kept"),
  logs: key("logs_days", Days, "How long their output is kept"),
  logsBytes: key("logs_bytes", PositiveCount, "How much all output may take; the oldest of ended tasks goes first"),
  hookEvents: key("hook_events_days", Days, "How long what hooks told is kept"),
  hookEventsMost: key("hook_events", PositiveCount, "How many of it are kept; the oldest goes first"),
  messages: key("messages_days", Days, "How long messages that were delivered, and tellings of what is over, are kept")
})

const HooksTable = Schema.Struct({
  inject: maybe(Switch, "Tell the agents that drover starts to run its hooks, without touching a file")
})

export const UserFile = Schema.Struct({
  policy: maybe(PolicyTable, "How the fleet is run"),
  prices: maybe(
    Schema.Record({ key: Model, value: PriceTable }),
    "US dollars for a million tokens of a model, for programs that report tokens and no cost"
  ),
  agents: maybe(AgentTable.AgentTables, "The programs that do the work, by name"),
  brain: maybe(BrainTable.BrainTable, "The model command that `brain` verifiers ask"),
  roles: maybe(
    RoleTable.RoleTables,
    "Which agent has a role: `qa` judges, `merger` merges, others are of long-lived sessions"
  ),
  guards: maybe(GuardTable.GuardTables, "Protections that are off for a while, by name"),
  ownership: maybe(OwnershipTable, "When the lock of another host is taken over"),
  http: maybe(HttpTable.HttpTable, "Where drover is asked over TCP"),
  retention: maybe(RetentionTable, "What is kept of ended tasks, and for how long"),
  hooks: maybe(HooksTable, "How agents tell drover of what they do"),
  action_claim: maybe(ClaimTable.ClaimTable, "Whether what agents promise is tracked"),
  attention: maybe(AttentionTable.AttentionTable, "How what needs a person reaches one")
})

/** Later agents take the place of earlier ones with their name. */
export const withAgents = (agents: Agents, more: ReadonlyArray<AgentDefinition.AgentDefinition>): Agents =>
  new Map([...agents, ...more.map((agent) => [agent.name, agent] as const)])

const builtIn: Agents = withAgents(new Map(), AgentDefinition.builtIn)

const pricesOf = (tables: typeof UserFile.Type.prices): Prices =>
  new Map(
    Object.entries(tables ?? {}).map(([model, { cacheRead, cacheWrite, input, output }]) => [
      model,
      { input, output, cacheRead: cacheRead ?? input, cacheWrite: cacheWrite ?? input }
    ])
  )

const dayMs = 24 * 60 * 60_000

const retentionOf = (table: typeof RetentionTable.Type = {}): Retention.Limits => {
  const { attempts, hookEvents, hookEventsMost, logs, logsBytes, messages } = table
  const { defaults } = Retention
  return {
    attemptsMs: attempts === undefined ? defaults.attemptsMs : attempts * dayMs,
    logsMs: logs === undefined ? defaults.logsMs : logs * dayMs,
    logsBytes: logsBytes ?? defaults.logsBytes,
    hookEventsMs: hookEvents === undefined ? defaults.hookEventsMs : hookEvents * dayMs,
    hookEvents: hookEventsMost ?? defaults.hookEvents,
    messagesMs: messages === undefined ? defaults.messagesMs : messages * dayMs
  }
}

/** What a file says, or what holds without one. */
export type Content = Pick<
  ConfigurationService,
  | "policy"
  | "agents"
  | "attention"
  | "brain"
  | "claims"
  | "roles"
  | "prices"
  | "guards"
  | "hooks"
  | "http"
  | "ownership"
  | "retention"
>

/** What holds without a file. */
export const defaults: Content = {
  policy: Policy.defaults,
  agents: builtIn,
  brain: AgentDefinition.defaultBrain,
  roles: new Map(),
  prices: new Map(),
  guards: {},
  ownership: noHealing,
  http: { listen: null },
  retention: Retention.defaults,
  hooks: { inject: true },
  claims: ClaimTable.defaults,
  attention: AttentionTable.nothing
}

/** The meaning of a file's text. */
export const fromDocument = (document: Toml.Document): Either.Either<Content, ConfigInvalid> => {
  const decoded = Toml.decode(UserFile, document)
  const problems = [...Either.match(decoded, { onLeft: (found) => found, onRight: () => [] })]
  problems.push(...AgentTable.problems(document), ...BrainTable.problems(document), ...GuardTable.problems(document))
  problems.push(...ClaimTable.problems(document))
  problems.push(...AttentionTable.problems(document))
  if (Either.isLeft(decoded) || problems.length > 0) {
    return Either.left(new ConfigInvalid({ file: document.file, problems: arrange(problems) }))
  }
  const folder = dirname(document.file)
  const { brain } = decoded.right
  const agents = withAgents(builtIn, AgentTable.resolve(decoded.right.agents, folder))
  const roles = RoleTable.resolve(decoded.right.roles)
  const unknown = RoleTable.problems(document, roles, [...agents.keys()])
  if (unknown.length > 0) return Either.left(new ConfigInvalid({ file: document.file, problems: unknown }))
  return Either.right({
    policy: { ...Policy.defaults, ...decoded.right.policy },
    prices: pricesOf(decoded.right.prices),
    agents,
    roles,
    brain: (brain === undefined ? null : BrainTable.resolve(brain, folder)) ?? AgentDefinition.defaultBrain,
    guards: {
      ...GuardTable.resolve(decoded.right.guards),
      action_claim: { enabled: decoded.right.action_claim?.enabled ?? ClaimTable.defaults.isEnabled }
    },
    ownership: { ...noHealing, ...decoded.right.ownership },
    http: { listen: HttpTable.parse(decoded.right.http?.listen ?? "") },
    retention: retentionOf(decoded.right.retention),
    hooks: { ...defaults.hooks, ...decoded.right.hooks },
    claims: ClaimTable.resolve(decoded.right.action_claim),
    attention: AttentionTable.resolve(decoded.right.attention, folder)
  })
}

/** Reads the user's file; without one the defaults hold. */
export const layer: Layer.Layer<Configuration, ConfigInvalid | ConfigUnreadable, Places | FileSystem.FileSystem> =
  Layer.effect(
    Configuration,
    Effect.gen(function* () {
      const { configFile } = yield* Places
      const fileSystem = yield* FileSystem.FileSystem
      const content = Toml.read(configFile).pipe(
        Effect.flatMap(fromDocument),
        Effect.catchTag("ConfigUnreadable", (error) =>
          error.reason === "Missing" ? Effect.succeed(defaults) : Effect.fail(error)
        ),
        Effect.provideService(FileSystem.FileSystem, fileSystem)
      )
      return {
        file: configFile,
        ...(yield* content),
        guardsNow: Effect.map(content, ({ guards }) => guards),
        searchPath: process.env.PATH
      }
    })
  )
