import { Construct } from 'constructs';
import { type ScheduledAlarmsProps, scheduledAlarms } from './ruled-alarm';

/** The alarms about a system as a whole, where no construct of its own makes them; see {@link scheduledAlarms}. */
export class SystemAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ScheduledAlarmsProps) {
    super(scope, id);
    scheduledAlarms(this, props);
  }
}
