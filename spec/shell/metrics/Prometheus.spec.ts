/** What the documents give Prometheus and Grafana, tried with the real Prometheus on the built program. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { definitions } from "../../../core/metrics/Definition.ts"
import { render } from "../../../core/metrics/Exposition.ts"
import { type Site, site, type Started, until } from "../cli/Drover.ts"
import { freePort } from "../cli/Port.ts"
import { alerts, board, filledIn } from "./Dashboard.ts"
import { docs, configuration, missing, type Monitor, promtool, start } from "./Monitoring.ts"

const why = missing()
if (why !== null) console.log(why)

const expressions = board.panels.flatMap(({ targets, title }) => targets.map(({ expr }) => ({ title, expr })))

describe("the documents for monitoring", () => {
  it("API-4 the dashboard has a panel for every metric, each panel with a number of its own, and asks any data source", () => {
    for (const { name } of Object.values(definitions)) {
      expect([name, expressions.some(({ expr }) => expr.includes(name))]).toEqual([name, true])
    }
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
    expect(board.templating.list.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "datasource datasource",
      "instance query"
    ])
  })

  it("API-9 the page of metrics has every metric as the code has it, and every alert", () => {
    const page = readFileSync(join(docs, "metrics.md"), "utf8")
    for (const { help, labels, name, of, type } of Object.values(definitions)) {
      const shown = labels.length === 0 ? name : `${name}{${labels.join(",")}}`
      const rows = page.split("\n").filter((line) => line.startsWith(`| \`${shown}\``))
      const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()))
      expect(cells).toEqual([["", `\`${shown}\``, type, of, help, ""]])
    }
    const named = [...page.matchAll(/^\| `(Drover\w+)`/gm)].map(([, name]) => name)
    expect(named).toEqual(alerts)
  })

  it("API-4 each alert has a test in which it fires, and one in which it does not", () => {
    const tests = readFileSync(join(docs, "drover.rules.test.yml"), "utf8")
    for (const alert of alerts) {
      expect(tests).toMatch(new RegExp(`alertname: ${alert}, exp_alerts: \\[\\]`))
      expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n +- exp_labels:`))
    }
  })
})

const tasks = `
[defaults]
agent = "sh"
max_retries = 1
[[task]]
name = "twice"
prompt = """echo '{"type":"result","is_error":false,"total_cost_usd":0.25,"result":"ok"}'; exit"""
verify = [{ run = "test -e seen || { touch seen; false; }" }]
[[task]]
name = "later"
prompt = "true"
start = "manual"
`

const Answers = Schema.Struct({ result: Schema.Array(Schema.Unknown) })
const Rules = Schema.Struct({
  groups: Schema.Array(
    Schema.Struct({
      rules: Schema.Array(
        Schema.Struct({ name: Schema.String, health: Schema.String, lastError: Schema.optional(Schema.String) })
      )
    })
  )
})

describe.skipIf(why !== null)("the real Prometheus", () => {
  let here: Site
  let supervisor: Started | undefined
  let monitor: Monitor
  let port: number

  const query = async (expr: string): Promise<number> =>
    Schema.decodeUnknownSync(Answers)(await monitor.ask(`query?query=${encodeURIComponent(expr)}`)).result.length

  beforeAll(async () => {
    here = await site()
    port = await freePort()
    await here.write("tasks.toml", tasks)
    supervisor = here.start(["up", "--json", "--listen", `127.0.0.1:${port}`])
    await until(async () => (await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null))?.status === 401)
    monitor = await start(port, join(here.home, "token"))
    await until(async () => (await query(`up{job="drover"} == 1`).catch(() => 0)) === 1)
    await here.run("run", "tasks.toml")
    // Rates need two scrapes; what happened before the first has none.
    await until(
      async () =>
        (await query(
          "drover_tasks_by_state{state='DONE'} == 1 and on(instance) count_over_time(drover_supervisor_epoch[1m]) > 3"
        )) > 0
    )
  }, 300_000)

  afterAll(async () => {
    await monitor.stop()
    supervisor?.child.kill("SIGKILL")
    await supervisor?.end
    await here.remove()
  })

  it("API-4 it scrapes a supervisor with its token, and knows every metric with its kind and its help", async () => {
    const known = Schema.decodeUnknownSync(
      Schema.Record({
        key: Schema.String,
        value: Schema.Array(Schema.Struct({ type: Schema.String, help: Schema.String }))
      })
    )(await monitor.ask("metadata"))
    for (const { help, name, type } of Object.values(definitions)) {
      expect([name, known[name]?.map((each) => [each.type, each.help])]).toEqual([name, [[type, help]]])
    }
  })

  it("API-4 every question of the dashboard has an answer, and every panel something to show", async () => {
    const shown = new Map<string, number>()
    for (const { expr, title } of expressions) {
      shown.set(title, (shown.get(title) ?? 0) + (await query(filledIn(expr))))
    }
    expect([...shown].filter(([, count]) => count === 0)).toEqual([])
    for (const { expr } of board.annotations.list) await query(filledIn(expr))
  })

  it("API-4 every alert is evaluated without an error", async () => {
    const rules = async () =>
      Schema.decodeUnknownSync(Rules)(await monitor.ask("rules")).groups.flatMap((group) => group.rules)
    await until(async () => (await rules()).every(({ health }) => health !== "unknown"))
    expect((await rules()).map(({ health, lastError, name }) => [name, health, lastError])).toEqual(
      alerts.map((name) => [name, "ok", undefined])
    )
  })

  it("API-4 promtool finds nothing wrong with what is told, the configuration and the alerts, and their tests pass", async () => {
    const { stdout } = await here.run("metrics")
    expect(promtool(["check", "metrics"], stdout)).toEqual({ status: 0, said: "" })
    expect(promtool(["check", "rules", "drover.rules.yml"])).toMatchObject({ status: 0 })
    expect(promtool(["test", "rules", "drover.rules.test.yml"])).toMatchObject({ status: 0 })
    await here.write("prometheus.yml", await configuration(port, join(here.home, "token")))
    expect(promtool(["check", "config", join(here.folder, "prometheus.yml")])).toMatchObject({ status: 0 })
    expect(promtool(["check", "metrics"], 'a{b="c} 1\n')).toMatchObject({ status: 1 })
  })

  it("API-4 promtool reads labels and helps of any text", () => {
    fc.assert(
      fc.property(fc.fullUnicodeString(), fc.fullUnicodeString(), (help, value) => {
        const samples = [{ labels: [["a", value]] as const, value: 1 }]
        const text = render([{ name: "drover_any", help: `h${help}`, type: "gauge", samples }])
        expect(promtool(["check", "metrics"], text)).toEqual({ status: 0, said: "" })
      }),
      { numRuns: 20 }
    )
  })
})
