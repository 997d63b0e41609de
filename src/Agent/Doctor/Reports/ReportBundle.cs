using System.IO.Compression;
using System.Text;
using System.Text.Json;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>One file of a report.</summary>
internal sealed record ReportFile(string Name, string What, string Text);

/// <summary>Makes the file that a person attaches to a bug report. What it takes is a closed list: no key, no certificate, no pairing is read.</summary>
internal static class ReportBundle
{
    /// <summary>The files, without secrets and, where asked for, without names.</summary>
    public static IReadOnlyList<ReportFile> Create(ReportContent content, bool masksNames)
    {
        var files = Collect(content).Select(file => file with { Text = SecretRedaction.Apply(file.Text) }).ToList();
        if (masksNames)
        {
            var mask = NameSources.Collect(content, files);
            files = [.. files.Select(file => file with { Text = mask.Apply(file.Text) })];
        }

        return [.. files, Contents(files, masksNames)];
    }

    /// <summary>Writes the files into one that nobody else may read; an old one of that name is replaced once the new one is whole.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not write there.</exception>
    public static async Task WriteAsync(string path, IReadOnlyList<ReportFile> files, CancellationToken cancellationToken)
    {
        var unfinished = path + ".unfinished";
        try
        {
            await WriteFilesAsync(unfinished, files, cancellationToken);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static async Task WriteFilesAsync(string path, IReadOnlyList<ReportFile> files, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(path, options);
        await using var archive = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: false, Encoding.UTF8, cancellationToken);
        foreach (var file in files)
        {
            await using var entry = await archive.CreateEntry(file.Name, CompressionLevel.Optimal).OpenAsync(cancellationToken);
            await entry.WriteAsync(Encoding.UTF8.GetBytes(file.Text), cancellationToken);
        }
    }

    private static IEnumerable<ReportFile> Collect(ReportContent content)
    {
        yield return new ReportFile("doctor.txt", "what the doctor printed", string.Join('\n', DoctorText.Lines(content.Report, content.Service)) + "\n");
        yield return new ReportFile("doctor.json", "the same, for programs", JsonSerializer.Serialize(DoctorDocument.From(content.Report, content.Service), ReadingsJson.Options));
        yield return new ReportFile("readings.json", "what each test read, the shapes of WSUS's answers, what IIS refused", ReadingsJson.Write(content.Report));
        if (content.Service.Readings.Length > 0)
        {
            yield return new ReportFile("service-readings.json", "the same with the service's account", content.Service.Readings);
        }

        yield return new ReportFile("options.json", "the agent's options", JsonSerializer.Serialize(OptionLine.From(content.Options), ReadingsJson.Options));
        yield return content.Snapshot is { } snapshot
            ? new ReportFile("snapshot.json", "the running agent's snapshot", snapshot)
            : new ReportFile("snapshot.txt", "why there is no snapshot", content.NoSnapshot ?? "No snapshot was requested from the agent.");
        yield return new ReportFile("policy.txt", "the agent's policy.json", content.Policy ?? "There is no policy.json, so the default policy applies.");
        yield return new ReportFile("sync-runs.json", "the newest syncs the agent keeps", JsonSerializer.Serialize(content.Store?.SyncRuns ?? [], ReadingsJson.Options));
        yield return new ReportFile("repairs.json", "the newest repairs the agent keeps", $"[{string.Join(",\n", content.Store?.Repairs ?? [])}]");
        yield return new ReportFile("agent-log.txt", "what the agent wrote to the Application log", AgentLog(content));
    }

    private static string AgentLog(ReportContent content) => content.AgentLog.Count == 0
        ? "The Application log has no entries from the agent, or can't be read.\n"
        : string.Join('\n', content.AgentLog.Select(entry => $"{Wording.Time(entry.At)} {entry.Level} {entry.EventId}: {entry.Message}")) + "\n";

    private static ReportFile Contents(IReadOnlyList<ReportFile> files, bool masksNames)
    {
        var names = masksNames
            ? "Names of computers, domains and accounts, addresses and security identifiers are replaced, each with the same word everywhere. Check it anyway before you share it."
            : "It contains names of computers, domains and accounts. To replace them, add --mask-names.";
        var list = files.Select(file => $"  {file.Name,-16} {file.What}");
        return new ReportFile("README.txt", "this list", $"A report from the WsusDashboard agent, for a bug report. It contains no passwords, keys or pairings.\n{names}\n\n{string.Join('\n', list)}\n");
    }
}
