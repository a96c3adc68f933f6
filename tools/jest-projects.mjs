import config from '../jest.config.mjs';

/** The names of the projects whose tests are in this folder. */
export const projectNamesOf = (folder) =>
  config.projects.filter(({ rootDir }) => rootDir === folder).map(({ displayName }) => displayName);
