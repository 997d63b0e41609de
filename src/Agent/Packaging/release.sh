#!/usr/bin/env bash
# Makes the release zip of the agent for Windows Server, and its checksum: release.sh [OUTPUT-FOLDER]
set -euo pipefail
folder=${1:-}
exec dotnet msbuild "$(dirname "${BASH_SOURCE[0]}")/Release.proj" -nologo -verbosity:minimal ${folder:+"-p:OutputFolder=$(realpath -m "$folder")"}
