using System.Globalization;
using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Shared.Tests.Errors;

public sealed class ErrorTableTests
{
    /// <summary>Symbols and numbers of wuerror.h as Microsoft's win32metadata 67.0.4 carries them (constants of System.UpdateAgent, printed as they are); mingw-w64's wuerror.h has 465 of these 477 symbols, with the same numbers.</summary>
    private static readonly IReadOnlyList<(string Symbol, uint Number)> Header =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Errors", "windows-update-numbers.txt")).Select(line => line.Split(' '))
            .Select(cells => (cells[1], uint.Parse(cells[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))),
    ];

    [Fact]
    public void All_WindowsUpdate_AreThoseOfTheHeader() => Assert.Equal(
        Header.OrderBy(item => item.Number),
        ErrorNumbers.All.Where(error => error.Family is ErrorFamily.WindowsUpdate).Select(error => (error.Symbol, error.Number.Value)).OrderBy(item => item.Value));

    /// <summary>How many each block of the header has: a list cut short would show.</summary>
    [Theory]
    [InlineData("WU_S_", 19)]
    [InlineData("WU_E_", 458)]
    [InlineData("WU_E_PT_", 79)]
    [InlineData("WU_E_UH_", 40)]
    [InlineData("WU_E_DM_", 30)]
    [InlineData("WU_E_DS_", 42)]
    [InlineData("WU_E_DRV_", 9)]
    [InlineData("WU_E_SETUP_", 21)]
    [InlineData("WU_E_REPORTER_", 3)]
    [InlineData("WU_E_EE_", 8)]
    [InlineData("WU_E_METADATA", 38)]
    public void All_BlockOfWindowsUpdate_HasSoMany(string prefix, int count) =>
        Assert.Equal(count, ErrorNumbers.All.Count(error => error.Symbol.StartsWith(prefix, StringComparison.Ordinal)));

    [Fact]
    public void All_Entries_AreOneShortClauseWithASource() => Assert.All(ErrorNumbers.All, error =>
    {
        Assert.NotEmpty(error.Words);
        Assert.DoesNotContain("  ", error.Words, StringComparison.Ordinal);
        Assert.False(error.Words.EndsWith('.'), error.Words);
        Assert.InRange(error.Words.Length, 5, 140);
        Assert.NotEqual(ErrorFamily.Other, error.Family);
        Assert.True(Uri.TryCreate(error.Source, UriKind.Absolute, out var source) && source.Scheme == Uri.UriSchemeHttps, error.Source);
    });

    [Fact]
    public void All_Symbols_AreFoundAgain() => Assert.All(
        ErrorNumbers.All.SelectMany(error => error.Symbols.Select(symbol => (symbol, error.Number))),
        item => Assert.Equal(item.Number, Assert.Single(ErrorNumbers.Read(item.symbol))));

    [Fact]
    public void All_Numbers_AreReadAsTheyAreWritten() =>
        Assert.All(ErrorNumbers.All, error => Assert.Contains(error.Number, ErrorNumbers.Read(error.Number.ToString())));

    [Fact]
    public void All_Families_AreThere() =>
        Assert.Equal(Enum.GetValues<ErrorFamily>().Except([ErrorFamily.Other]), ErrorNumbers.All.Select(error => error.Family).Distinct().Order());

    /// <summary>A number of Windows belongs to the family that its bits name, unless .NET or another library uses a general number under its own name.</summary>
    [Fact]
    public void All_NumbersOfWindows_HaveTheFamilyOfTheirFacility() => Assert.All(
        ErrorNumbers.All.Where(error => error.Number.Kind is ErrorKind.Windows && error.Number.Value > int.MaxValue),
        error => Assert.Equal(ErrorFacilities.FamilyOf(error.Number.Value), error.Family));
}
