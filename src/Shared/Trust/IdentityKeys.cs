using System.Security.Cryptography;

namespace WsusDashboard.Shared.Trust;

/// <summary>
/// The key of one side in its data folder, and beside it the next one while a rotation goes on. A key is on the disk before anybody hears of it, and the
/// change is one rename: whenever the program is ended, its next start finds one key in use and at most one that waits.
/// </summary>
/// <remarks>Safe for use from several threads. The last keys are not disposed while the program runs: connections that begin may still use them.</remarks>
public sealed class IdentityKeys : IDisposable
{
    /// <summary>Name of the file in the data folder.</summary>
    public const string FileName = "identity.pem";

    /// <summary>Name of the file of the next key.</summary>
    public const string NextFileName = "identity.next.pem";

    // NTE_NOT_SUPPORTED: the system has no store for keys of this kind.
    private const int NotSupported = unchecked((int)0x80090029);

    private const int RetiredKept = 8;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly string _nextPath;
    private readonly string _subject;
    private readonly TimeProvider _timeProvider;
    private readonly Queue<IdentityKey> _retired = [];
    private IdentityKey? _current;
    private IdentityKey? _next;

    /// <summary>Reads the key of the folder, or makes it.</summary>
    /// <param name="folder">The data folder; made where it does not exist.</param>
    /// <param name="subject">Whose key it is.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="CryptographicException">A file is damaged. It is not replaced: whoever is paired would meet a stranger.</exception>
    public IdentityKeys(string folder, string subject, TimeProvider timeProvider)
    {
        Directory.CreateDirectory(folder);
        (_path, _nextPath) = (Path.Combine(folder, FileName), Path.Combine(folder, NextFileName));
        (_subject, _timeProvider) = (subject, timeProvider);
        if (!File.Exists(_path))
        {
            (_current, Absence) = TryCreate();
            return;
        }

        _current = IdentityKey.Read(_path);
        _next = File.Exists(_nextPath) ? IdentityKey.Read(_nextPath) : null;
    }

    /// <summary>Why this system cannot make a key, or null. Without one nobody elsewhere can be met; all else works.</summary>
    public string? Absence { get; }

    /// <summary>The key in use.</summary>
    /// <exception cref="CryptographicException">There is none, see <see cref="Absence"/>.</exception>
    public IdentityKey Current
    {
        get
        {
            lock (_gate)
            {
                return Existing();
            }
        }
    }

    /// <summary>The key that waits until all who trust this side know it; null outside of a rotation.</summary>
    public IdentityKey? Next
    {
        get
        {
            lock (_gate)
            {
                return _next;
            }
        }
    }

    /// <summary>Begins a rotation; where one goes on, its key is given again.</summary>
    public IdentityKey PrepareNext()
    {
        lock (_gate)
        {
            return _next ??= CreateIn(_nextPath);
        }
    }

    /// <summary>Takes a next key that another process of this side has prepared, in place of one that nobody was told of.</summary>
    /// <param name="next">Belongs to this object from now on.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public void AdoptNext(IdentityKey next)
    {
        lock (_gate)
        {
            next.Save(_nextPath);
            if (_next is { } before)
            {
                Retire(before);
            }

            _next = next;
        }
    }

    /// <summary>Takes the next key into use; nothing happens outside of a rotation.</summary>
    public void TakeNext()
    {
        lock (_gate)
        {
            if (_next is { } next)
            {
                File.Move(_nextPath, _path, overwrite: true);
                Retire(Existing());
                (_current, _next) = (next, null);
            }
        }
    }

    /// <summary>What this side says about its next key; null outside of a rotation.</summary>
    public KeySuccession? Succession(PairingRole role)
    {
        lock (_gate)
        {
            return _next is null ? null : KeySuccession.Create(role, Existing(), _next);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _current?.Dispose();
            _next?.Dispose();
            foreach (var key in _retired)
            {
                key.Dispose();
            }
        }
    }

    private void Retire(IdentityKey key)
    {
        _retired.Enqueue(key);
        if (_retired.Count > RetiredKept)
        {
            _retired.Dequeue().Dispose();
        }
    }

    private IdentityKey Existing() => _current ?? throw new CryptographicException(Absence);

    private (IdentityKey? Key, string? Absence) TryCreate()
    {
        try
        {
            return (CreateIn(_path), null);
        }
        catch (Exception exception) when (exception is PlatformNotSupportedException or CryptographicException { HResult: NotSupported })
        {
            return (null, $"This system can't store an ECDSA key: {exception.Message}");
        }
    }

    private IdentityKey CreateIn(string path)
    {
        var key = IdentityKey.Create(_subject, _timeProvider.GetUtcNow());
        key.Save(path);
        return key;
    }
}
