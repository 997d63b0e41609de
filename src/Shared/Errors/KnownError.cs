namespace WsusDashboard.Shared.Errors;

/// <summary>One error of the table.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Symbol">Its name in Microsoft's headers and documentation; several with ", " between them, empty where it has none.</param>
/// <param name="Family">Whose error it is.</param>
/// <param name="Words">What it says: one clause, without a full stop.</param>
/// <param name="Source">Address of the page that documents it.</param>
public sealed record KnownError(ErrorNumber Number, string Symbol, ErrorFamily Family, string Words, string Source)
{
    /// <summary>Each of its names; several libraries can share a number.</summary>
    public IEnumerable<string> Symbols => Symbol.Split(", ", StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>An error number in a text.</summary>
/// <param name="Number">The number.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Length">How many characters it takes there.</param>
public readonly record struct FoundError(ErrorNumber Number, int Start, int Length)
{
    /// <summary>What the table says of it; null where it has no such number.</summary>
    public KnownError? Known => ErrorNumbers.Find(Number);
}
