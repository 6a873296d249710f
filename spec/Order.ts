/** In which order Vitest runs the files: what waits longest begins first, and what never waits fills the end. */
import { relative } from "node:path"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Files that need more than about ten seconds alone. Vitest itself knows how long a file needs only where it has run before. */
const longest: ReadonlyArray<string> = [
  "spec/crash/crash.spec.ts",
  "spec/shell/store/Upgrade.spec.ts",
  "spec/shell/supervisor/Landing.spec.ts",
  "spec/simulation/Simulation.spec.ts",
  "spec/shell/cli/Mailbox.spec.ts",
  "spec/shell/cli/Orders.spec.ts",
  "spec/board/Page.spec.ts",
  "spec/shell/cli/Attach.spec.ts",
  "spec/shell/supervisor/Apart.spec.ts",
  "spec/shell/cli/Doctor.spec.ts"
]

export class Order extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const place = longest.indexOf(relative(project.config.root, moduleId))
      if (place >= 0) return place
      // A worker serves one project, so that of the pure core comes as a whole.
      return longest.length + (project.name === "core" ? 1 : 0)
    }
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own, which leaves its argument as it is
    const known = await super.sort(files)
    return known.toSorted((one, other) => rank(one) - rank(other))
  }
}
