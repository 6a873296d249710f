/** M1 beside Redis: what ten thousand jobs that wait hold in memory. */
import * as BullMq from "../peers/BullMq.ts"
import { bodiesOf } from "../peers/Jobs.ts"
import * as Redis from "../peers/Redis.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { taskCount } from "../workload/Home.ts"
import { groupsOf } from "../workload/Tasks.ts"
import { live, memory } from "./Memory.ts"

const megabyte = 1024 * 1024

const ours = async (place: Place): Promise<Sample> => {
  const { details } = await memory.subject.run(place)
  return only(details[live] ?? Number.NaN)
}

/** What Redis says that it uses, after and before: less than what the system gives it. */
const redis = async ({ directory, peers }: Place): Promise<Sample> => {
  if (peers === null) throw new Error("the peers were not made ready")
  const { Queue } = await BullMq.bullMq(peers)
  const server = await Redis.open({ directory, peers }, "everysec")
  const queue = new Queue(BullMq.name, BullMq.connectionTo(server.port))
  try {
    const before = Redis.usedMemory(peers, server.port)
    for (const group of groupsOf(bodiesOf(taskCount), 100)) {
      await queue.addBulk(group.map((body) => ({ name: BullMq.name, data: { body } })))
    }
    return only((Redis.usedMemory(peers, server.port) - before) / megabyte)
  } finally {
    await queue.close()
    await server.stop()
  }
}

const reference = "Redis, jobs of BullMQ"

export const redisMemory: Scenario = {
  ...memory,
  id: "M1-Redis",
  title: "memory for 10,000 tasks of 1 KB that wait, and for as many jobs",
  unit: "MB",
  rounds: 3,
  isLong: true,
  subject: { name: "drover up", run: ours },
  references: [{ name: reference, needs: ["bullmq", "redis"], run: redis }],
  goals: [{ id: "M1 Redis", reference, relation: "atMost", limit: 0.65 }]
}
