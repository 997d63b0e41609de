using System.Globalization;
using System.Text.Json;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>The chain as its writer has it: key and head, and the file that is written. Opened anew after any failure, because nobody knows then what reached the disk.</summary>
/// <remarks>Not for several threads, and one writer a folder.</remarks>
internal sealed class AuditChain
{
    /// <summary>The verb of what the agent writes about the audit itself.</summary>
    public const string OwnVerb = "audit";

    /// <summary>A clock that was set by so much makes no file old before a whole file was written by it.</summary>
    private static readonly TimeSpan LargestStep = TimeSpan.FromDays(30);

    private readonly string _dataDirectory;
    private readonly AuditKey _key;
    private AuditHead _head;

    private AuditChain(string dataDirectory, AuditKey key, AuditHead head, IReadOnlyList<AgentAuditEntry> findings) =>
        (_dataDirectory, _key, _head, Findings) = (dataDirectory, key, head, findings);

    /// <summary>What the agent has to write into the chain first: a torn line that was set aside, and what was found wrong.</summary>
    public IReadOnlyList<AgentAuditEntry> Findings { get; }

    /// <summary>Compares what is there with the head, sets aside a torn end, and finishes a rotation that was interrupted.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public static AuditChain Open(string dataDirectory, DateTimeOffset now)
    {
        List<AgentAuditEntry> findings = [];
        if (SetTornEndAside(dataDirectory, now) is { } aside)
        {
            findings.Add(new() { Verb = OwnVerb, What = aside, Outcome = "done", Detail = "The last line was incomplete, because of a full disk or because the agent was ended while writing. It was moved to this file; the chain continues after the last complete entry." });
        }

        var key = AuditKey.TryRead(dataDirectory);
        var (head, problem) = AuditHead.Read(dataDirectory, key);
        var last = AuditFiles.FindLast(dataDirectory);
        if (AuditVerification.IsNew(dataDirectory, key, head, last))
        {
            // The key last: a beginning that a full disk or a kill cut short begins again, instead of looking like something taken away.
            (key, head) = (AuditKey.Create(), new AuditHead());
            head.Write(dataDirectory, key);
            key.Save(dataDirectory);
            return new(dataDirectory, key, head, findings);
        }

        if ((problem ?? AuditVerification.ProblemOfTheEnd(head!, last)) is { } found)
        {
            findings.Add(new() { Verb = OwnVerb, Outcome = "failed", Detail = found });
        }

        if (key is null)
        {
            key = AuditKey.Create();
            key.Save(dataDirectory);
        }

        // It is written with the next entry: what was found wrong is found again until it stands in the chain.
        head ??= Rebuild(dataDirectory);
        if (last is not null && last.Number >= head.Number)
        {
            // The head is written after its entry: ended in between, it is one behind.
            head = head with { Number = last.Number, Hash = last.Hash };
        }

        var chain = new AuditChain(dataDirectory, key, head, findings);
        chain.FinishRotation();
        return chain;
    }

    /// <summary>Appends an entry; number, time and hashes are set here. It is on the disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public AgentAuditEntry Append(AgentAuditEntry entry, DateTimeOffset now)
    {
        var path = AuditFiles.Current(_dataDirectory);
        if (new FileInfo(path) is { Exists: true, Length: > AuditFiles.MaximumFileBytes })
        {
            Rotate(now);
        }

        var numbered = entry with { Number = _head.Number + 1, At = now, Previous = _head.Hash, Hash = "" };
        numbered = numbered with { Hash = numbered.ComputeHash() };
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(numbered, AgentAuditJson.Default.AgentAuditEntry), (byte)'\n'];
        using (var stream = new FileStream(path, PrivateFile.Options(FileMode.Append)))
        {
            stream.Write(line);
            stream.Flush(flushToDisk: true);
        }

        Save(_head with { Number = numbered.Number, Hash = numbered.Hash });
        return numbered;
    }

    /// <summary>The anchor is written before the file gets its name: ended in between, the next writer finishes it.</summary>
    private void Rotate(DateTimeOffset now)
    {
        var first = _head.Anchors.Count > 0 ? _head.Anchors[^1].LastNumber + 1 : _head.FirstNumber;
        var anchored = _head with { Anchors = [.. _head.Anchors, new AuditAnchor(first, _head.Number, _head.Hash, now)] };
        var isClockSteady = IsClockSteady(now);
        while (anchored.Anchors is [var oldest, ..] && (anchored.Anchors.Count > AuditFiles.MaximumFullFiles || (isClockSteady && now - oldest.LastAt > AuditFiles.KeptFor)))
        {
            anchored = anchored with { FirstNumber = oldest.LastNumber + 1, FirstPrevious = oldest.LastHash, Anchors = [.. anchored.Anchors.Skip(1)] };
        }

        Save(anchored);
        FinishRotation();
    }

    /// <summary>False where the clock was set by more than a month since the file before this one was closed; a server on which nothing was done for so long looks the same.</summary>
    private bool IsClockSteady(DateTimeOffset now)
    {
        var before = _head.Anchors.Count > 0 ? _head.Anchors[^1].LastAt : (DateTimeOffset?)null;
        foreach (var at in AuditFiles.ReadFile(AuditFiles.Current(_dataDirectory)).Select(line => AuditFiles.Parse(line.Text)).OfType<AgentAuditEntry>().Select(entry => entry.At).Append(now))
        {
            if (before is { } earlier && (at - earlier).Duration() > LargestStep)
            {
                return false;
            }

            before = at;
        }

        return true;
    }

    private void FinishRotation()
    {
        var current = AuditFiles.Current(_dataDirectory);
        if (_head.Anchors is [.., var newest] && newest.LastNumber == _head.Number && File.Exists(current) && AuditFiles.Full(_dataDirectory, newest.LastNumber) is var full && !File.Exists(full))
        {
            File.Move(current, full);
        }

        foreach (var number in AuditFiles.FullNumbers(_dataDirectory).Where(number => number < _head.FirstNumber))
        {
            File.Delete(AuditFiles.Full(_dataDirectory, number));
        }
    }

    private void Save(AuditHead head)
    {
        head.Write(_dataDirectory, _key);
        _head = head;
    }

    /// <summary>The head of what is there, where there is none to go by.</summary>
    private static AuditHead Rebuild(string dataDirectory)
    {
        var first = AuditFiles.ReadEntries(dataDirectory).FirstOrDefault();
        List<AuditAnchor> anchors = [];
        foreach (var file in AuditFiles.FullNumbers(dataDirectory).Select(number => AuditFiles.Full(dataDirectory, number)))
        {
            List<AgentAuditEntry> entries = [.. AuditFiles.ReadFile(file).Select(line => AuditFiles.Parse(line.Text)).OfType<AgentAuditEntry>()];
            if (entries is [var begin, ..] && entries[^1] is var end)
            {
                anchors.Add(new(begin.Number, end.Number, end.Hash, end.At));
            }
        }

        return new() { FirstNumber = first?.Number ?? 1, FirstPrevious = first?.Previous ?? "", Anchors = anchors };
    }

    /// <returns>The name of the file with what was torn; null where the last line is whole.</returns>
    private static string? SetTornEndAside(string dataDirectory, DateTimeOffset now)
    {
        var path = AuditFiles.Current(dataDirectory);
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = AuditFiles.ReadBytes(path);
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        if (whole == bytes.Length)
        {
            return null;
        }

        // First kept, then cut off: ended in between, it is kept twice.
        var aside = string.Create(CultureInfo.InvariantCulture, $"audit.torn-{now.UtcDateTime:yyyyMMdd-HHmmss-fff}.jsonl");
        PrivateFile.Write(Path.Combine(dataDirectory, aside), bytes.AsSpan(whole));
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        stream.SetLength(whole);
        stream.Flush(flushToDisk: true);
        return aside;
    }
}
