/** The least a function on S3 can be: what `bundle.*` compares Holdfast's functions with. */
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client();

export const handler = () => s3.send(new ListBucketsCommand());
