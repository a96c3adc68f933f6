import { ApiError } from './api-error.ts';
import { ARTICLES } from './articles.ts';
import type { ContentJob } from './content-jobs.ts';
import { json, type Reply } from './http.ts';
import { invalidAttribute, requireMembers, requireText } from './json-body.ts';
import type { OperationCall } from './operations/operation.ts';
import { assertPortal } from './portal-answers.ts';

const ITEMS = ARTICLES.length;

/** `createImportJob`. The `location` has no slash in front, as in eGain's example. */
export function answerImport({ tenant, body }: OperationCall): Reply {
  const source = requireMembers(body, 'dataSource');
  requireText(source, 'type', 20, /^(AWS S3 bucket|Shared file path)$/);
  requireText(source, 'path', 1024);
  requireText(body, 'operation', 10, /^(import|reimport)$/);
  const id = tenant.contentJobs.create('import', readStart(body) ?? tenant.clock.now());
  return accepted(`knowledge/contentmgr/v4/import/content/${id}/status`);
}

function readStart(body: OperationCall['body']): number | undefined {
  if (body['scheduleTime'] === undefined) return undefined;
  const date = requireText(
    requireMembers(body, 'scheduleTime'),
    'date',
    24,
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  );
  const startsAt = Date.parse(date);
  if (Number.isNaN(startsAt)) throw invalidAttribute('date');
  return startsAt;
}

/** `exportContent`. The `location` does not end in `/status`, as in eGain's example. */
export function answerExport({ tenant, body }: OperationCall): Reply {
  const destination = requireMembers(body, 'dataDestination');
  requireText(destination, 'destinationType', 20, /^AWS S3 bucket$/);
  requireText(destination, 'path', 1024);
  requireText(requireMembers(body, 'language'), 'code', 5);
  if (!Array.isArray(body['resourceTypes']) || body['resourceTypes'].length === 0)
    throw invalidAttribute('resourceTypes');
  assertPortal(requireText(body, 'portalID', 20));
  return accepted(`/knowledge/portalmgr/v4/content/export/${tenant.contentJobs.create('export', tenant.clock.now())}`);
}

const accepted = (location: string): Reply => ({ status: 202, headers: { location }, body: '' });

/** `getImportStatus`. */
export function answerImportStatus({ tenant, pathParameters }: OperationCall): Reply {
  const job = requireJob(tenant.contentJobs.find('import', pathParameters['job_id'] ?? ''), pathParameters['job_id']);
  const status = { waiting: 'Scheduled', running: 'In Progress', done: 'Successful' }[job.phase];
  const logFileLocation = `s3://emulator/logs/import-logs-${job.id}.txt`;
  return json(200, { status, jobType: 'Import', logFileLocation, ...describeProgress(job) });
}

/** `exportStatus`. */
export function answerExportStatus({ tenant, pathParameters }: OperationCall): Reply {
  const job = requireJob(tenant.contentJobs.find('export', pathParameters['jobID'] ?? ''), pathParameters['jobID']);
  const status = { waiting: 'Pending', running: 'In Progress', done: 'Successful' }[job.phase];
  return json(200, { status, ...describeProgress(job) });
}

function requireJob(job: ContentJob | undefined, id = ''): ContentJob {
  if (job !== undefined) return job;
  throw new ApiError('404-100', `The following IDs supplied in the URI path were not found: '${id}'.`);
}

/** Half of it is processed all the time it runs. */
function describeProgress({ phase, startsAt, endsAt }: ContentJob) {
  if (phase === 'waiting') return {};
  const startTime = new Date(startsAt).toISOString();
  const endTime = new Date(endsAt).toISOString();
  if (phase === 'running') {
    const processed = Math.floor(ITEMS / 2);
    const percentage = Math.floor((processed / ITEMS) * 100);
    return { progress: { processed, total: ITEMS, percentage }, startTime, estimatedCompletion: endTime };
  }
  return {
    progress: { processed: ITEMS, total: ITEMS, percentage: 100 },
    ...{ startTime, completionTime: endTime },
    results: { successful: ITEMS, warnings: 0, errors: 0 },
  };
}
