/** The desktop's own notifications: which program shows one, and with which arguments. */
import type { Message } from "./Message.ts"

export interface Command {
  readonly command: string
  readonly args: ReadonlyArray<string>
}

/** The Desktop Notifications Specification has a body be markup; what is no markup is shown as it is everywhere. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** Title and text are arguments of this script: nothing of them is read as one. */
const script = ["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"]

/** The title begins with a letter, so that it is taken for no option, and neither is what follows it. */
export const commandOf = (platform: NodeJS.Platform, { text, title }: Message): Command =>
  platform === "darwin"
    ? { command: "osascript", args: [...script.flatMap((line) => ["-e", line]), title, text] }
    : { command: "notify-send", args: ["--app-name=drover", "--", title, escaped(text)] }
