/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

const globals = [
  'ARGV',
  'BigInt',
  'FinalizationRegistry',
  'TextDecoder',
  'TextEncoder',
  'WeakRef',
  'clearInterval',
  'clearTimeout',
  'console',
  'globalThis',
  'imports',
  'log',
  'logError',
  'print',
  'printerr',
  'setInterval',
  'setTimeout',
];

module.exports = {
  root: true,
  extends: 'eslint:recommended',
  parserOptions: {ecmaVersion: 2022, sourceType: 'module'},
  env: {es6: true},
  overrides: [
    // GJS loads these as scripts.
    {
      files: ['threaded-async/gjs/overrides/**/*.js'],
      parserOptions: {sourceType: 'script'},
      rules: {'no-var': 'off'}, // a script exports nothing else
    },
  ],
  globals: Object.fromEntries(globals.map(name => [name, 'readonly'])),
  rules: {
    'array-bracket-spacing': ['error', 'never'],
    'arrow-spacing': 'error',
    'brace-style': ['error', '1tbs', {allowSingleLine: true}],
    'comma-dangle': ['error', 'always-multiline'],
    'comma-spacing': 'error',
    'eol-last': 'error',
    'eqeqeq': 'error',
    'indent': ['error', 2, {SwitchCase: 1}],
    'key-spacing': 'error',
    'keyword-spacing': 'error',
    'max-len': ['error', {code: 100}],
    'no-multi-spaces': 'error',
    'no-shadow': 'error',
    'no-trailing-spaces': 'error',
    'no-unused-vars': ['error', {argsIgnorePattern: '^_'}],
    'no-var': 'error',
    'object-curly-spacing': ['error', 'never'],
    'prefer-const': 'error',
    'quotes': ['error', 'single', {avoidEscape: true}],
    'semi': ['error', 'always'],
    'space-before-blocks': 'error',
    'space-infix-ops': 'error',
  },
};
