/** The public face of the mailbox. */
export { atStop, mostInChain, mostMessages, mostText, type Outcome, settle, type Stop } from "./AtStop.ts"
export { frame } from "./Frame.ts"
export type { Delivery, DeliveryId, Message, MessageState } from "./Message.ts"
export { isAddress, isBindable, isRole, operator, supervisor } from "./Role.ts"
export { explain, judge, mostHops, mostPerRole, mostPerSender, type Refusal, windowMs } from "./Sending.ts"
export { claim, hear, holds, type Session } from "./Session.ts"
export { isFarewell, isStopWord } from "./StopWord.ts"
