#!/usr/bin/env bash
# Makes the zip of the PowerShell module, and its checksum: pack.sh [OUTPUT-FOLDER]
set -euo pipefail
folder=${1:-}
exec dotnet build "$(dirname "${BASH_SOURCE[0]}")/PowerShell.csproj" --configuration Release --nologo --verbosity quiet -t:Build -t:PackModule ${folder:+"-p:OutputFolder=$(realpath -m "$folder")"}
