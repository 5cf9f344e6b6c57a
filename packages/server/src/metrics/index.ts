export { observeBus } from './bus-metrics.ts';
export { createMetrics, type Metrics } from './metrics.ts';
