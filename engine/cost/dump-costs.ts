import type { CostInput, DumpsCostInput } from '../contract/cost';
import { DUMPED_MIB_PER_SECOND, MONTH_DAYS, MONTH_HOURS, READ_MIB_PER_SECOND, TASK_START_HOURS } from './assumptions';
import type { Usage } from './bill';
import { functionUsage } from './function-usage';
import { storedBackupsUsage, verifiedGib } from './stored-backups';

/** What the dumps of tenants use: tasks, the state machine, both copies, and the verification. */
export function dumpUsage(input: CostInput): Usage[] {
  return [...input.dumps.flatMap((dumps) => databaseUsage(dumps, input)), ...verificationUsage(input)];
}

function databaseUsage(dumps: DumpsCostInput, input: CostInput): Usage[] {
  const { primaryRegion, recoveryRegion, retention } = input;
  const { gib, tenants } = dumps;
  return [
    ...storedBackupsUsage({
      part: 'tenant dumps',
      gib,
      objects: tenants + FILES_BESIDE,
      writes: tenants + FILES_BESIDE + gib * PARTS_OF_A_GIB,
      retention,
      primaryRegion,
      recoveryRegion,
    }),
    ...taskUsage(dumps, primaryRegion),
  ];
}

/** With several groups, one task holds the snapshot while the others dump. */
function taskUsage({ gib, groups, cpu, memoryMiB }: DumpsCostInput, region: string): Usage[] {
  const tasks = groups === 1 ? 1 : groups + 1;
  const workHours = (gib * 1024) / DUMPED_MIB_PER_SECOND / 3600;
  const coordinatorHours = groups === 1 ? 0 : workHours / groups;
  const hours = (workHours + coordinatorHours + tasks * TASK_START_HOURS) * MONTH_DAYS;
  const transitions = (groups === 1 ? 2 : 5 + 2 * groups) * MONTH_DAYS;
  const shared = { part: 'tenant dumps', region } as const;
  return [
    { ...shared, what: 'tasks: computing power', price: 'fargateCpu', quantity: (hours * cpu) / 1024 },
    { ...shared, what: 'tasks: memory', price: 'fargateMemory', quantity: (hours * memoryMiB) / 1024 },
    { ...shared, what: 'state machines', price: 'stateTransitions', quantity: transitions / 1000 },
  ];
}

/** The verification runs each hour, and reads what is due. */
function verificationUsage({ dumps, retention, primaryRegion }: CostInput): Usage[] {
  if (dumps.length === 0) {
    return [];
  }
  const readGib = dumps.reduce((sum, { gib }) => sum + verifiedGib({ gib, retention }), 0);
  const runs = MONTH_HOURS;
  return [
    ...functionUsage({
      part: 'tenant dumps',
      what: 'verification: function',
      region: primaryRegion,
      calls: runs,
      seconds: runs * RUN_SECONDS + (readGib * 1024) / READ_MIB_PER_SECOND,
      memoryMiB: 1769,
    }),
    {
      part: 'tenant dumps',
      what: 'state machines',
      region: primaryRegion,
      price: 'stateTransitions',
      quantity: (runs * TRANSITIONS_A_RUN) / 1000,
    },
  ];
}

/** What belongs to no tenant, the roles, the list of tenants and the manifest. */
const FILES_BESIDE = 4;
/** Uploads of more than one part have parts of 8 MiB; see `part-size.ts`. */
const PARTS_OF_A_GIB = 128;
const RUN_SECONDS = 10;
const TRANSITIONS_A_RUN = 8;
