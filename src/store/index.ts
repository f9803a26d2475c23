export { openControl } from "./open-control.ts";
