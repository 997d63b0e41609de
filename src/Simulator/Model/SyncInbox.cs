namespace WsusDashboard.Simulator.Model;

/// <summary>The inbox of WSUS Synchronization Manager: an empty file asks for a synchronization and is gone once it was taken (configmgr.md, section 3).</summary>
/// <remarks>Threading: callers hold the model's gate.</remarks>
internal sealed class SyncInbox(ServerFiles files)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private DateTimeOffset _lookedAt;

    /// <summary>Takes what waits: true for FULL.SYN, false for SELF.SYN, null where nothing does. Looks once a second.</summary>
    public bool? Take(DateTimeOffset now)
    {
        if (now - _lookedAt < Interval)
        {
            return null;
        }

        if (_lookedAt == default)
        {
            Directory.CreateDirectory(files.SyncInbox);
        }

        _lookedAt = now;
        var isFull = Remove("FULL.SYN");
        var isForChanges = Remove("SELF.SYN");
        return isFull ? true : isForChanges ? false : null;
    }

    private bool Remove(string name)
    {
        var path = Path.Combine(files.SyncInbox, name);
        var exists = File.Exists(path);
        if (exists)
        {
            File.Delete(path);
        }

        return exists;
    }
}
