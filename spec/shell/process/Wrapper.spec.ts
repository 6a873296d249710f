import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { exitFile, startFile, wrapper } from "../../../shell/process/Wrapper.ts"

it("EXE-12 a wrapper whose token is gone ends with 0 without a word, starts nothing and leaves the token as it is", () => {
  const directory = mkdtempSync(join(tmpdir(), "drover-wrapper-"))
  try {
    writeFileSync(join(directory, startFile), "revoked\n")
    const args = ["-c", wrapper, "drover", directory, "/bin/sh", "-c", `: >${join(directory, "ran")}`]
    const { status, stderr, stdout } = spawnSync("/bin/sh", args, { encoding: "utf8" })
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: "" })
    expect(readFileSync(join(directory, startFile), "utf8")).toBe("revoked\n")
    expect([existsSync(join(directory, "ran")), existsSync(join(directory, exitFile))]).toEqual([false, false])
  } finally {
    rmSync(directory, { recursive: true })
  }
})
