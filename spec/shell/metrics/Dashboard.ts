/** The dashboard and the alerts of the documents: what they ask Prometheus. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { docs } from "./Monitoring.ts"

const DataSource = Schema.Struct({ type: Schema.Literal("prometheus"), uid: Schema.Literal("${datasource}") })
const Target = Schema.Struct({ refId: Schema.String, datasource: DataSource, expr: Schema.String })
const Panel = Schema.Struct({
  id: Schema.Int,
  title: Schema.String,
  datasource: DataSource,
  targets: Schema.Array(Target)
})
const Board = Schema.Struct({
  panels: Schema.Array(Panel),
  templating: Schema.Struct({ list: Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String })) }),
  annotations: Schema.Struct({ list: Schema.Array(Schema.Struct({ expr: Schema.String })) })
})

export const board = Schema.decodeUnknownSync(Schema.parseJson(Board))(readFileSync(join(docs, "grafana.json"), "utf8"))

/** With what Grafana would put in the place of its variables. */
export const filledIn = (expr: string): string =>
  expr.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "1m")

/** The names of the alerts, in their order. */
export const alerts: ReadonlyArray<string> = [
  ...readFileSync(join(docs, "drover.rules.yml"), "utf8").matchAll(/^ *- alert: (\w+)$/gm)
].map(([, name = ""]) => name)
