import type { AlarmScenario } from './scenario';

/** A verification that does not run any more: nobody says that anything is wrong, and that must be heard. */
export function silence(what: string, alarms: readonly string[], run: () => Promise<unknown>): AlarmScenario {
  return {
    broken: `${what} does not run`,
    alarms,
    inflict: async () => async () => undefined,
    notice: async (isBroken) => {
      if (!isBroken) await run();
    },
  };
}
