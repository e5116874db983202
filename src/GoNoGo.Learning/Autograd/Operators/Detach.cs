namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>The same value without a gradient: nothing flows back through it.</summary>
public static class DetachOperator
{
    /// <summary>x of any shape as a constant; no data is copied.</summary>
    public static Variable Detach(this Variable x) => x.Tape.Constant(x.Value);
}
