using WsusDashboard.Shared.Tests.PublicCases;

namespace WsusDashboard.Benchmarks.Diagnosis;

/// <summary>Asks the causes about other people's failed syncs and our own labelled ones, and says how often the first named one is right. Of the scored part it prints sums only.</summary>
internal static class DiagnosisCommand
{
    private const string ListWork = "--list-work";
    private const double WantedAccuracy = 0.95;

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        if (arguments.FirstOrDefault(argument => argument != ListWork) is { } unknown)
        {
            throw new BenchmarkFailure($"\"{unknown}\" isn't an option of diagnosis. Allowed: {ListWork}, which lists the wrong answers of the part for work.");
        }

        var work = Read(PublicCaseReader.WorkFolder);
        var scored = Read(PublicCaseReader.ScoredFolder);
        var reference = SyncCaseFile() is { } path ? SyncCases.Read(path) : [];
        (string Name, CaseScore Score)[] sets =
        [
            ("public, work", CaseScore.Of(work)), ("public, scored", CaseScore.Of(scored)), ("sync-cases.json", CaseScore.Of(reference)), ("our own", OwnCases.Score()),
        ];
        var present = sets.Where(set => set.Score.Count > 0).ToList();
        await DiagnosisTables.WriteAccuracyAsync(present, output.Results);
        foreach (var (name, score) in present.Where(set => set.Name != "our own"))
        {
            await DiagnosisTables.WriteCausesAsync(name, score, output.Results);
            await DiagnosisTables.WriteLanguagesAsync(name, score, output.Results);
            await DiagnosisTables.WriteConfusionAsync(name, score, output.Results);
        }

        await DiagnosisSpeed.WriteAsync([.. work, .. scored], output.Results, cancellationToken);
        if (arguments.Contains(ListWork))
        {
            await DiagnosisTables.WriteWrongAsync(sets[0].Score, output.Results);
        }

        var judged = scored.Count > 0 ? sets[1].Score : sets[0].Score;

        return judged.Right >= judged.Count * WantedAccuracy && judged.CertainRight == judged.Certain ? 0 : 1;
    }

    private static IReadOnlyList<PublicCase> Read(string folder)
    {
        try
        {
            return PublicCaseReader.ReadFolder(folder);
        }
        catch (FormatException exception)
        {
            throw new BenchmarkFailure(exception.Message, exception);
        }
    }

    /// <summary>Beside the project; null where it isn't there.</summary>
    private static string? SyncCaseFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "shared", "data", "sync-cases.json") is var path && File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
