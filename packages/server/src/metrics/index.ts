export { observeBus } from './bus-metrics.ts';
export { observeMedia } from './media-metrics.ts';
export { createMetrics, type Metrics } from './metrics.ts';
