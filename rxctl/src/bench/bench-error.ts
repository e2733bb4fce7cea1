// A measurement that could not be made. What was measured and is bad is no error.

export class BenchError extends Error {
  readonly code = 'NOT_MEASURED';
}
