import { until } from '@stoa/testkit';

/** For what mesibo's API shows in live data and reports by no callback: looks again and again. */
export function eventually(condition: () => boolean, what: string): Promise<void> {
  const again = (look: () => void) => {
    const timer = setInterval(look, 5);
    return () => clearInterval(timer);
  };
  return until(condition, again, what);
}
