namespace WsusDashboard.Windows.Tests.Support;

/// <summary>Directs the stand-in services, and tells what they did.</summary>
internal sealed class Stage(string folder)
{
    public const string StopHeld = ".stop-held";
    public const string StartHeld = ".start-held";
    public const string StartFails = ".start-fails";

    private string JournalFile => Path.Combine(folder, "journal.txt");

    /// <summary>Gives a cue, for example "SMS_EXECUTIVE" + <see cref="StopHeld"/>.</summary>
    public void Give(string cue) => File.WriteAllText(Path.Combine(folder, cue), "");

    public void Take(string cue) => File.Delete(Path.Combine(folder, cue));

    /// <summary>All that services and iisreset did since the last clearing, in order.</summary>
    public IReadOnlyList<string> Journal() => File.Exists(JournalFile) ? File.ReadAllLines(JournalFile) : [];

    /// <summary>No cue, and an empty journal.</summary>
    public void Clear()
    {
        foreach (var file in Directory.GetFiles(folder))
        {
            File.Delete(file);
        }
    }
}
