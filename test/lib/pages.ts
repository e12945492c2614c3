import type { Template } from 'aws-cdk-lib/assertions';
import { type Resource, resources } from './deployment';

/** The metric alarm of a template that has a name. */
export function alarmNamed(template: Template, name: string): Resource {
  const found = resources(template, 'AWS::CloudWatch::Alarm').filter(
    ([, { Properties }]) => Properties.AlarmName === name,
  );
  const [[, alarm] = []] = found;
  if (alarm === undefined || found.length > 1) {
    throw new Error(`expected one alarm ${name}, got: ${found.length}`);
  }
  return alarm;
}

/** The composite alarm that pages for an alarm, by the names of the alarms that its rule has; groups of further alarms count as their parent. */
export function incidentOf(template: Template, alarmName: string): Resource {
  const composites = resources(template, 'AWS::CloudWatch::CompositeAlarm').map(([, each]) => each);
  const found = composites.filter((each) => childrenOf(each).includes(alarmName));
  const [incident] = found;
  if (incident === undefined || found.length > 1) {
    throw new Error(`expected one composite alarm over ${alarmName}, got: ${found.length}`);
  }
  return incident.Properties.AlarmActions === undefined
    ? incidentOf(template, String(incident.Properties.AlarmName))
    : incident;
}

/** Names of the alarms in the rule of a composite alarm. */
export function childrenOf({ Properties }: Resource): string[] {
  return [...String(Properties.AlarmRule).matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => String(name));
}

/**
 * Name of the topic that is told when an alarm goes off, and when it returns to OK: by the composite alarm above it, and by itself none.
 *
 * @throws Error when the alarm has actions of its own, or the composite one does not tell of both.
 */
export function topicOf(template: Template, alarmName: string): string {
  const { Properties: own } = alarmNamed(template, alarmName);
  const { Properties: incident } = incidentOf(template, alarmName);
  const actions = incident.AlarmActions as readonly { readonly Ref: string }[];
  if (own.AlarmActions !== undefined || own.OKActions !== undefined || own.InsufficientDataActions !== undefined) {
    throw new Error(`${alarmName} has actions of its own`);
  }
  if (actions.length !== 1 || JSON.stringify(incident.OKActions) !== JSON.stringify(actions)) {
    throw new Error(`${incident.AlarmName} tells not of both, or to several: ${JSON.stringify(actions)}`);
  }
  const topic = resources(template, 'AWS::SNS::Topic').find(([id]) => id === actions[0]?.Ref);
  return String(topic?.[1].Properties.TopicName);
}
