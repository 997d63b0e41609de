namespace WsusDashboard.Shared.Snapshots;

/// <summary>Which processes can load a library, from the machine field of its PE header.</summary>
public enum LibraryBitness
{
    /// <summary>Not read, or not a library that the reader understands.</summary>
    Unknown = 0,

    /// <summary>Made for 32-bit processes.</summary>
    Bits32 = 1,

    /// <summary>Made for 64-bit processes.</summary>
    Bits64 = 2,

    /// <summary>There is no such file.</summary>
    Missing = 3,
}

/// <summary>A compression scheme of IIS (system.webServer/httpCompression/scheme). Schemes are global: every worker of the server loads each library.</summary>
public sealed record CompressionScheme
{
    private const string Only64Bit = "bitness64";

    /// <summary>For example "xpress", the one that WSUS registers.</summary>
    public required string Name { get; init; }

    /// <summary>Attribute dll, as it stands in the configuration.</summary>
    public string Library { get; init; } = "";

    /// <summary>Attribute preCondition: words with commas between them; empty where there is none.</summary>
    public string PreCondition { get; init; } = "";

    /// <summary>The file that a 64-bit worker loads.</summary>
    public LibraryBitness Bitness { get; init; }

    /// <summary>
    /// The file that a 32-bit worker would load: Windows gives such a process SysWOW64 for System32, and Program Files (x86) for %ProgramFiles%.
    /// A library of WSUS that stands in System32 alone is therefore missing for it.
    /// </summary>
    public LibraryBitness BitnessFor32BitWorker { get; init; }

    /// <summary>Why the library could not be read, for a person; empty where it could.</summary>
    public string Problem { get; init; } = "";

    /// <summary>True where the precondition keeps the scheme out of 32-bit workers.</summary>
    public bool IsFor64BitWorkersOnly => PreCondition.Split(',', StringSplitOptions.TrimEntries).Contains(Only64Bit, StringComparer.OrdinalIgnoreCase);

    /// <summary>True where a 32-bit worker tries to load the library and cannot: it then answers every request with 500.19 (0x8007007e).</summary>
    public bool Breaks32BitWorkers => !IsFor64BitWorkersOnly && BitnessFor32BitWorker is (LibraryBitness.Bits64 or LibraryBitness.Missing);

    /// <summary>True where that cannot be told.</summary>
    public bool MayBreak32BitWorkers => !IsFor64BitWorkersOnly && BitnessFor32BitWorker is LibraryBitness.Unknown;

    /// <summary>The library and who can load it, for a person.</summary>
    public string Describe() =>
        $"{Library}, {BitnessFor32BitWorker switch { LibraryBitness.Bits32 => "32-bit", LibraryBitness.Bits64 => "64-bit", LibraryBitness.Missing => "no 32-bit file", _ => "not read" }}, precondition {(PreCondition.Length > 0 ? PreCondition : "none")}";
}
