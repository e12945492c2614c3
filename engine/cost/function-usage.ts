import { LOG_KIB_PER_CALL } from './assumptions';
import type { CostPart, Usage } from './bill';

/** How often a function runs, and how. */
export interface FunctionCalls {
  readonly part: CostPart;
  readonly what: string;
  readonly region: string;
  /** In a month. */
  readonly calls: number;
  /** Of all calls together. */
  readonly seconds: number;
  readonly memoryMiB: number;
}

/** What a function uses: its time, its calls and its log. */
export function functionUsage({ part, what, region, calls, seconds, memoryMiB }: FunctionCalls): Usage[] {
  return [
    { part, what, region, price: 'lambdaDuration', quantity: (seconds * memoryMiB) / 1024 },
    { part, what, region, price: 'lambdaRequests', quantity: calls / 1_000_000 },
    { part, what: 'logs', region, price: 'logIngestion', quantity: (calls * LOG_KIB_PER_CALL) / 1024 ** 2 },
  ];
}
