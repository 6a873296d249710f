/** The board's page: signs in, keeps up with the supervisor, and draws. */
import { render } from "preact"
import * as Live from "./client/Live.ts"
import * as Navigation from "./client/Navigation.ts"
import * as Preferences from "./client/Preferences.ts"
import * as Title from "./client/Title.ts"
import { App } from "./view/App.tsx"
import * as Keyboard from "./view/Keyboard.ts"

Preferences.keep()
Live.start()
Navigation.begin()
Keyboard.listen()
Title.keep()
const place = document.getElementById("page")
if (place !== null) render(<App />, place)
