export { createBullmqDispatcher, type BullmqDispatcherOptions } from "./bullmq-dispatcher.ts";
export { createLocalDispatcher, type LocalDispatcherOptions } from "./local-dispatcher.ts";
