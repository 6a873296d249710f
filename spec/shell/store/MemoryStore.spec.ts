import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { storeContract } from "../../contract/store.ts"

storeContract("in memory", () => layerMemory)
