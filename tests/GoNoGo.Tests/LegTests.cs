using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tests;

public sealed class LegTests
{
    [Fact]
    public void TheLegRunsUnderTheCultureItClaims() => Legs.CheckCulture();
}
