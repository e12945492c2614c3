/** The least a CDK app can be, one stack with one resource: what `synth.ratio_to_empty_app` compares Holdfast with. */
import { App, CfnWaitConditionHandle, Stack } from 'aws-cdk-lib';

const app = new App();
new CfnWaitConditionHandle(new Stack(app, 'Empty'), 'Handle');
app.synth();
