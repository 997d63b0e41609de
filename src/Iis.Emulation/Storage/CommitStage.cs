namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>The moments of a commit at which a process can die.</summary>
internal enum CommitStage
{
    /// <summary>The lock is held, nothing is written.</summary>
    Locked,

    /// <summary>Half of the bytes are in the temporary file.</summary>
    HalfWritten,

    /// <summary>The temporary file is complete and on disk.</summary>
    Flushed,

    /// <summary>The temporary file has taken the place of the old one.</summary>
    Renamed,
}
