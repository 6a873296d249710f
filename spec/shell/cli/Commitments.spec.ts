/** What a person sees of promises, and says of them: from the built program, with a supervisor and without. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { type Site, site, until } from "./Drover.ts"

const configure = ({ folder }: Site, text: string) => writeFile(join(folder, "..", "config.toml"), text)

interface Listed {
  readonly commitments: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly unverified: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const listed = async ({ run }: Site, ...more: ReadonlyArray<string>): Promise<Listed> => {
  const { code, stdout } = await run("commitments", "--json", ...more)
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

it("CLM-6 commitments are listed, delivered and withdrawn by hand, and what has ended is refused in words", async () => {
  const here = await site()
  try {
    expect(await here.run("commitments")).toEqual({
      code: 0,
      stdout: "nothing is promised; promises are not tracked: [action_claim] enabled = true in the configuration\n",
      stderr: ""
    })
    expect(await here.run("commitments", "deliver", "1")).toMatchObject({ code: 3 })
    await configure(here, "[action_claim]\nenabled = true\n")
    expect((await here.run("commitments")).stdout).toBe("nothing is promised\n")
    const started = here.start(["up", "--json"])
    try {
      await until(() => started.said().includes("supervisor.started"))
      const stop = (text: string) =>
        here.feed(JSON.stringify({ session_id: "s", last_assistant_message: text }), "ingest", "--hook", "Stop")
      await stop("I'll push it in 20 minutes. I'll deploy the site.")
      await until(() => started.said().split("commitment.opened").length === 3)
      expect((await listed(here)).commitments).toMatchObject([
        { id: 1, status: "open", verb: "push", session_id: "s", text: "I'll push it", count: 1 },
        { id: 2, status: "open", verb: "deploy", deadline: expect.any(String) }
      ])
    } finally {
      started.child.kill("SIGTERM")
      await started.end
    }
    expect((await here.run("commitments")).stdout).toContain(`"I'll push it"`)
    expect(await here.run("commitments", "deliver", "1", "--note", "by hand")).toEqual({
      code: 0,
      stdout: "commitment 1: delivered\n",
      stderr: ""
    })
    expect(await here.run("commitments", "withdraw", "1")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("commitment 1 is delivered")
    })
    expect(await here.run("commitments", "withdraw", "2", "--json")).toMatchObject({ code: 0 })
    expect(await here.run("commitments", "withdraw", "9")).toMatchObject({ code: 3 })
    expect(await here.run("commitments", "withdraw", "x")).toMatchObject({ code: 2 })
    expect(await here.run("commitments", "withdraw")).toMatchObject({ code: 2 })
    expect(await here.run("commitments", "settle", "1")).toMatchObject({ code: 2 })
    expect((await listed(here)).commitments).toEqual([])
    expect((await listed(here, "--all")).commitments).toMatchObject([
      { id: 1, status: "delivered", detail: "by hand" },
      { id: 2, status: "withdrawn", detail: null }
    ])
  } finally {
    await here.remove()
  }
}, 300_000)
