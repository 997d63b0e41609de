namespace WsusDashboard.StandInService;

/// <summary>The folder through which tests direct the services: a file there holds one, or makes it fail; the journal says what happened.</summary>
internal static class Stage
{
    private const string Folder = @"C:\stage";
    private const int PollMilliseconds = 25;

    private static readonly ManualResetEvent Never = new(false);

    /// <summary>Whether the test wants this, for example "SMS_EXECUTIVE.start-fails".</summary>
    public static bool Has(string cue) => File.Exists(Path.Combine(Folder, cue));

    /// <summary>Waits while the test holds it. It looks again and again: what Linux does to a file is not notified here.</summary>
    public static void WaitWhile(string cue)
    {
        while (Has(cue))
        {
            Never.WaitOne(PollMilliseconds);
        }
    }

    /// <summary>Adds a line to the journal of all services; their processes take turns.</summary>
    public static void Note(string line)
    {
        using var turn = new Mutex(false, "WsusDashboard.Stage");
        turn.WaitOne();
        try
        {
            File.AppendAllText(Path.Combine(Folder, "journal.txt"), line + "\n");
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }
}
