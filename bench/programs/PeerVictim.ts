/**
 * A program, not a module: a peer with jobs under way, twice. To `hold` it begins so many that never end, says so and waits
 * to be killed; to `recover` it begins nothing, and ends when as many of them were run again.
 */
import { launch } from "../peers/Dbos.ts"
import { bullMq, connectionTo, name } from "../peers/BullMq.ts"
import { countdown, inFlight } from "../peers/Peer.ts"
import { bodiesOf } from "../peers/Jobs.ts"

const [peer = "", part = "", peers = "", at = "", jobs = ""] = process.argv.slice(2)
const count = Number(jobs)
const isHolding = part === "hold"
const { done, one } = countdown(count)
const never = new Promise<number>(() => undefined)

/** What each job does. */
const step = (): Promise<number> => {
  one()
  return isHolding ? never : Promise.resolve(1)
}

if (peer === "dbos") {
  const engine = await launch(peers, at, step)
  if (isHolding) {
    const bodies = bodiesOf(count)
    await inFlight(count, 64, (index) => engine.start(bodies[index] ?? ""))
  }
  await done
} else {
  const { Queue, Worker } = await bullMq(peers)
  const connected = connectionTo(Number(at))
  if (isHolding) {
    const queue = new Queue(name, connected)
    await queue.addBulk(bodiesOf(count).map((body) => ({ name, data: { body } })))
  }
  // Holding takes all of them at once; whoever recovers is as it was measured elsewhere.
  const worker = new Worker(name, async () => void (await step()), {
    ...connected,
    concurrency: isHolding ? count : 50,
    autorun: false
  })
  void worker.run()
  await done
}
process.stdout.write("done\n")
if (!isHolding) process.exit(0)
// Something must keep it alive until it is killed.
setInterval(() => undefined, 60_000)
