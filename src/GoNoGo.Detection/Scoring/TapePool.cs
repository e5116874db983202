using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Detection.Scoring;

/// <summary>
/// Lends tapes for scoring, one to a call, so that several threads can score with one detector and none allocates managed
/// memory once as many tapes exist as calls run at the same time.
/// </summary>
internal sealed class TapePool(MemoryPool pool) : IDisposable
{
    private readonly Stack<Tape> _free = new();
    private readonly Lock _lock = new();

    /// <summary>Lends a tape; disposing the loan gives it back, with all memory of the call.</summary>
    public Loan Rent()
    {
        lock (_lock)
        {
            return new Loan(this, _free.Count > 0 ? _free.Pop() : new Tape(pool, records: false));
        }
    }

    /// <summary>Ends the tapes that are not lent.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_free.Count > 0)
            {
                _free.Pop().Dispose();
            }
        }
    }

    private void Return(Tape tape)
    {
        tape.Reset();
        lock (_lock)
        {
            _free.Push(tape);
        }
    }

    /// <summary>A tape for one call.</summary>
    public readonly ref struct Loan(TapePool owner, Tape tape)
    {
        /// <summary>The tape; it does not record.</summary>
        public Tape Tape => tape;

        /// <summary>Gives the tape back.</summary>
        public void Dispose() => owner.Return(tape);
    }
}
