import { Duration, Stack, aws_scheduler as scheduler, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { alarmRule } from '../../../engine/contract/alarms';
import { System } from '../../../engine/contract/signals';
import { EventReader } from '../../../lib/functions/event-reader';
import { FunctionSchedule } from '../../../lib/functions/function-schedule';
import { HoldfastFunction } from '../../../lib/functions/holdfast-function';
import { StateMachineSchedule } from '../../../lib/functions/state-machine-schedule';
import { Paging } from '../../../lib/paging/paging';
import { OperationAlarms } from '../../../lib/signals/operation-alarms';
import { queueAlarm } from '../../../lib/signals/queue-alarm';
import { primaryStack, resources } from '../deployment';
import { alarmNamed, topicOf } from '../pages';

let stack: Stack;
let paging: Paging;
beforeEach(() => {
  stack = primaryStack();
  paging = new Paging(stack, 'Paging', { prefix: 'acme', routes: {} });
});

const watch = () => new OperationAlarms(stack, 'Operations', { paging });

function addFunction(name: string, scope: Stack = stack): HoldfastFunction {
  return new HoldfastFunction(scope, name, {
    bundle: 'verify-files',
    functionName: name,
    description: name,
    timeout: Duration.minutes(1),
    memorySizeMiB: 128,
  });
}

function addSchedule(name: string, called: HoldfastFunction): void {
  new FunctionSchedule(stack, `${name}-schedule`, {
    name,
    description: name,
    function: called.function,
    schedule: scheduler.ScheduleExpression.rate(Duration.hours(1)),
    event: () => ({}),
    retryAttempts: 0,
    maxEventAge: Duration.hours(1),
  });
}

const alarms = (template: Template) =>
  resources(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => String(Properties.AlarmName));

test('one function and one schedule are watched by three alarms, which warn', () => {
  watch();
  addSchedule('verify', addFunction('verify'));
  const template = Template.fromStack(stack);
  expect(alarms(template)).toEqual([
    'acme-platform-functionErrors',
    'acme-platform-functionThrottles',
    'acme-platform-deadLetters',
  ]);
  expect(new Set(alarms(template).map((name) => topicOf(template, name)))).toEqual(new Set(['acme-warning']));
  const [functionId] = Object.keys(template.findResources('AWS::Lambda::Function'));
  expect(alarmNamed(template, 'acme-platform-functionErrors').Properties).toMatchObject({
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: functionId } }],
    Statistic: 'Sum',
    Period: 900,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  expect(alarmNamed(template, 'acme-platform-functionThrottles').Properties).toMatchObject({
    MetricName: 'Throttles',
    Period: 300,
    EvaluationPeriods: 3,
    Threshold: 1,
  });
  expect(alarmNamed(template, 'acme-platform-deadLetters').Properties).toMatchObject({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    Threshold: 1,
  });
});

test('what is added later is watched too, ten in an alarm', () => {
  watch();
  for (let number = 0; number < 21; number += 1) {
    addFunction(`function-${number}`);
  }
  const template = Template.fromStack(stack);
  expect(alarms(template).filter((name) => name.includes('functionErrors'))).toEqual([
    'acme-platform-functionErrors',
    'acme-platform-functionErrors2',
    'acme-platform-functionErrors3',
  ]);
  const watched = resources(template, 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => String(Properties.AlarmName).includes('functionErrors'))
    .map(([, { Properties }]) => JSON.stringify(Properties).match(/"MetricName":"Errors"/g)?.length);
  expect(watched).toEqual([10, 10, 1]);
  const { Metrics } = alarmNamed(template, 'acme-platform-functionErrors2').Properties;
  const [sum] = Metrics as readonly { readonly Expression?: string }[];
  expect(sum?.Expression).toMatch(/^FILL\(m11, 0\) \+ .* \+ FILL\(m20, 0\)$/);
});

test('whatever keeps what nobody took is watched, unless an alarm of its own tells of it', () => {
  watch();
  addSchedule('verify', addFunction('verify'));
  const { lost } = new EventReader(stack, 'Events', { name: 'events', bundle: 'backup-events', description: 'Reads' });
  const { deadLetters } = new StateMachineSchedule(stack, 'Runs', {
    name: 'runs',
    description: 'Runs',
    stateMachine: sfn.StateMachine.fromStateMachineName(stack, 'Machine', 'machine'),
    schedule: scheduler.ScheduleExpression.rate(Duration.hours(1)),
    maxEventAge: Duration.hours(1),
  });
  queueAlarm(stack, 'Own', { paging, rule: alarmRule(System.DATABASE, 'eventsLost'), queue: lost });
  const template = Template.fromStack(stack);
  const { Metrics } = alarmNamed(template, 'acme-platform-deadLetters').Properties;
  expect(JSON.stringify(Metrics).match(/"MetricName":"ApproximateNumberOfMessagesVisible"/g)).toHaveLength(2);
  expect(JSON.stringify(Metrics)).toContain(stack.resolve(deadLetters.queueName)['Fn::GetAtt'][0]);
  expect(alarmNamed(template, 'acme-database-eventsLost').Properties).toMatchObject({
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    Period: 300,
    Dimensions: [{ Name: 'QueueName', Value: stack.resolve(lost.queueName) }],
  });
});

test('functions of other stacks are not watched, and without any there is no alarm', () => {
  watch();
  const other = new Stack(stack.node.root as never, 'Other', { env: { account: stack.account, region: stack.region } });
  addFunction('elsewhere', other);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 0);
});
