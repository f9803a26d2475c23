export { createMetrics, type Metrics } from "./metrics.ts";
export { createPages, type PagesOptions } from "./pages.ts";
