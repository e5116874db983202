using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Pickle;

/// <summary>
/// A pickle virtual machine over inert data. It never looks up, loads or calls anything: a class or function is its name, and
/// what a call means is a table of the few that make tensors (<see cref="IPickleWorld"/>). Iterative, with limits on depth,
/// memo and memory.
/// </summary>
internal sealed class PickleMachine
{
    private const int MaxDepth = 1000;

    private readonly PickleInput _input;
    private readonly IPickleWorld _world;
    private readonly MemoryBudget _budget;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _highest;

    private PickleMachine(PickleInput input, IPickleWorld world, MemoryBudget budget)
    {
        _input = input;
        _world = world;
        _budget = budget;
    }

    /// <summary>Runs one pickle, up to and including its STOP.</summary>
    /// <exception cref="TensorFileException">The pickle is damaged, beyond the limits, or of a form that torch does not write.</exception>
    public static object? Run(PickleInput input, IPickleWorld world, MemoryBudget budget)
    {
        var machine = new PickleMachine(input, world, budget);
        while (true)
        {
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return machine.Pop();
            }

            machine.Step(opcode);
        }
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                byte protocol = _input.ReadByte();
                if (protocol is < 2 or > 5)
                {
                    throw Bad($"pickle protocol {protocol}; 2 to 5 can be read");
                }

                break;
            case PickleOpcode.Frame:
                ulong frame = _input.ReadUInt64();
                if (frame > (ulong)_input.Left)
                {
                    throw Bad($"a frame of {frame} bytes at byte {_input.Position}, {_input.Left} are left");
                }

                break;
            case PickleOpcode.Mark:
                if (_marks.Count == MaxDepth)
                {
                    throw Bad($"more than {MaxDepth} values nested");
                }

                _budget.Charge(sizeof(int));
                _marks.Push(_stack.Count);
                break;
            case PickleOpcode.Pop:
                DropTop();
                break;
            case PickleOpcode.PopMark:
                DropTo(TakeMark());
                break;
            case PickleOpcode.Dup:
                Push(Top);
                break;
            case PickleOpcode.BinGet:
                Push(Recall(_input.ReadByte()));
                break;
            case PickleOpcode.LongBinGet:
                Push(Recall(_input.ReadUInt32()));
                break;
            case PickleOpcode.BinPut:
                Remember(_input.ReadByte());
                break;
            case PickleOpcode.LongBinPut:
                Remember(_input.ReadUInt32());
                break;
            case PickleOpcode.Memoize:
                Remember((uint)_memo.Count);
                break;
            default:
                if (!PushScalar(opcode) && !Collect(opcode))
                {
                    Refer(opcode);
                }

                break;
        }
    }

    /// <summary>Opcodes that push one value that stands in the pickle itself.</summary>
    private bool PushScalar(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None:
                Push(null);
                return true;
            case PickleOpcode.NewTrue:
                PushNew(true);
                return true;
            case PickleOpcode.NewFalse:
                PushNew(false);
                return true;
            case PickleOpcode.BinInt:
                PushNew((long)_input.ReadInt32());
                return true;
            case PickleOpcode.BinInt1:
                PushNew((long)_input.ReadByte());
                return true;
            case PickleOpcode.BinInt2:
                PushNew((long)_input.ReadUInt16());
                return true;
            case PickleOpcode.Long1:
                PushLong(_input.ReadByte());
                return true;
            case PickleOpcode.Long4:
                PushLong(_input.ReadUInt32());
                return true;
            case PickleOpcode.BinFloat:
                PushNew(_input.ReadDoubleBigEndian());
                return true;
            case PickleOpcode.ShortBinString:
            case PickleOpcode.ShortBinUnicode:
                Push(_input.ReadText(_input.ReadByte(), _budget));
                return true;
            case PickleOpcode.BinString:
            case PickleOpcode.BinUnicode:
                Push(_input.ReadText(_input.ReadUInt32(), _budget));
                return true;
            case PickleOpcode.BinUnicode8:
                Push(_input.ReadText(_input.ReadUInt64(), _budget));
                return true;
            case PickleOpcode.ShortBinBytes:
                return PushBytes(_input.ReadByte());
            case PickleOpcode.BinBytes:
                return PushBytes(_input.ReadUInt32());
            case PickleOpcode.BinBytes8:
            case PickleOpcode.ByteArray8:
                return PushBytes(_input.ReadUInt64());
            default:
                return false;
        }
    }

    /// <summary>Opcodes that make or fill collections.</summary>
    private bool Collect(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple:
                Push(PickleTuple.Empty);
                return true;
            case PickleOpcode.Tuple1:
                PushTuple(_stack.Count - 1);
                return true;
            case PickleOpcode.Tuple2:
                PushTuple(_stack.Count - 2);
                return true;
            case PickleOpcode.Tuple3:
                PushTuple(_stack.Count - 3);
                return true;
            case PickleOpcode.Tuple:
                PushTuple(TakeMark());
                return true;
            case PickleOpcode.EmptyList:
                PushNew(new PickleList());
                return true;
            case PickleOpcode.EmptyDict:
                PushNew(new PickleDictionary());
                return true;
            case PickleOpcode.List:
                CollectList(TakeMark());
                return true;
            case PickleOpcode.Dict:
                CollectDictionary(TakeMark());
                return true;
            case PickleOpcode.EmptySet:
                Push(PickleOpaque.Instance);
                return true;
            case PickleOpcode.FrozenSet:
                DropTo(TakeMark());
                Push(PickleOpaque.Instance);
                return true;
            case PickleOpcode.Append:
                AppendFrom(_stack.Count - 1);
                return true;
            case PickleOpcode.Appends:
            case PickleOpcode.AddItems:
                AppendFrom(TakeMark());
                return true;
            case PickleOpcode.SetItem:
                SetFrom(_stack.Count - 2);
                return true;
            case PickleOpcode.SetItems:
                SetFrom(TakeMark());
                return true;
            default:
                return false;
        }
    }

    /// <summary>Opcodes that name, call or build something outside of the pickle.</summary>
    private void Refer(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                _budget.Charge(MemoryBudget.ObjectBytes);
                Push(new PickleGlobal(_input.ReadLine(_budget), _input.ReadLine(_budget)));
                break;
            case PickleOpcode.StackGlobal:
                object? name = Pop();
                object? module = Pop();
                PushNew(module is string m && name is string n ? new PickleGlobal(m, n) : throw Bad("a class whose name is no text"));
                break;
            case PickleOpcode.Reduce:
            case PickleOpcode.NewObj:
                object? arguments = Pop();
                Call(Pop(), arguments);
                break;
            case PickleOpcode.NewObjEx:
                _ = Pop();
                object? positional = Pop();
                Call(Pop(), positional);
                break;
            case PickleOpcode.Obj:
                PushTuple(TakeMark());
                var parts = (PickleTuple)Pop()!;
                Call(parts.Items.Length > 0 ? parts.Items[0] : null, PickleTuple.Empty);
                break;
            case PickleOpcode.BinPersId:
                Push(_world.Persistent(Pop(), _budget));
                break;
            case PickleOpcode.Build:
                // The state of an object: nothing in it is a weight of a state dict.
                _ = Pop();
                _ = Top;
                break;
            default:
                throw Bad($"opcode 0x{(byte)opcode:x2} before byte {_input.Position}");
        }
    }

    private void Call(object? callable, object? arguments)
    {
        _budget.Charge(MemoryBudget.ObjectBytes);
        Push(callable is PickleGlobal global && arguments is PickleTuple tuple
            ? _world.Call(global, tuple, _budget)
            : PickleOpaque.Instance);
    }

    private void PushLong(uint byteCount)
    {
        if (byteCount > 16)
        {
            _input.Skip(byteCount);
            Push(PickleOpaque.Instance);
            return;
        }

        Span<byte> bytes = stackalloc byte[(int)byteCount];
        _input.Read(bytes);
        UInt128 digits = byteCount > 0 && (bytes[^1] & 0x80) != 0 ? UInt128.MaxValue : UInt128.Zero;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            digits = (digits << 8) | bytes[i];
        }

        var number = unchecked((Int128)digits);
        PushNew(number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : new PickleOpaque(digits));
    }

    private bool PushBytes(ulong byteCount)
    {
        _input.Skip(byteCount);
        Push(PickleOpaque.Instance);
        return true;
    }

    private void PushTuple(int first)
    {
        CheckReach(first);
        int count = _stack.Count - first;
        _budget.Charge(MemoryBudget.ObjectBytes + MemoryBudget.ObjectBytes + (sizeof(long) * count));
        var items = new object?[count];
        _stack.CopyTo(first, items, 0, count);
        DropTo(first);
        Push(new PickleTuple(items));
    }

    private void CollectList(int first)
    {
        var list = new PickleList();
        _budget.Charge(2 * MemoryBudget.ObjectBytes);
        Insert(list, first);
        DropTo(first);
        Push(list);
    }

    private void CollectDictionary(int first)
    {
        var dictionary = new PickleDictionary();
        _budget.Charge(4 * MemoryBudget.ObjectBytes);
        Insert(dictionary, first);
        DropTo(first);
        Push(dictionary);
    }

    private void AppendFrom(int first)
    {
        CheckReach(first - 1);
        Insert(_stack[first - 1] as PickleList, first);
        DropTo(first);
    }

    private void SetFrom(int first)
    {
        CheckReach(first - 1);
        Insert(_stack[first - 1] as PickleDictionary, first);
        DropTo(first);
    }

    private void Insert(PickleList? list, int first)
    {
        for (int i = first; list is not null && i < _stack.Count; i++)
        {
            _budget.Charge(MemoryBudget.SlotBytes);
            list.Items.Add(_stack[i]);
        }
    }

    private void Insert(PickleDictionary? dictionary, int first)
    {
        if ((_stack.Count - first) % 2 != 0)
        {
            throw Bad("a dictionary with a key but no value");
        }

        for (int i = first; dictionary is not null && i < _stack.Count; i += 2)
        {
            dictionary.Set(_stack[i], _stack[i + 1], _budget);
        }
    }

    private object? Recall(uint index) => _memo.TryGetValue(index, out object? value)
        ? value
        : throw Bad($"value {index} is used and was never stored");

    private void Remember(uint index)
    {
        _budget.Charge(_memo.ContainsKey(index) ? 0 : MemoryBudget.EntryBytes);
        _memo[index] = Top;
    }

    /// <summary>The lowest place that opcodes may reach: what lies below the last mark is not theirs.</summary>
    private int Floor => _marks.TryPeek(out int mark) ? mark : 0;

    private object? Top => _stack.Count > Floor ? _stack[^1] : throw Bad("a value is taken from an empty stack");

    private void CheckReach(int first)
    {
        if (first < Floor)
        {
            throw Bad("a value is taken from an empty stack");
        }
    }

    private int TakeMark() => _marks.TryPop(out int mark) ? mark : throw Bad("a collection ends that never began");

    private object? Pop()
    {
        object? value = Top;
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private void DropTop()
    {
        // In Python, POP on a mark takes the mark.
        if (_marks.TryPeek(out int mark) && mark == _stack.Count)
        {
            _marks.Pop();
        }
        else
        {
            _ = Pop();
        }
    }

    private void DropTo(int count) => _stack.RemoveRange(count, _stack.Count - count);

    private void PushNew(object value)
    {
        _budget.Charge(value is PickleDictionary or PickleList ? 4 * MemoryBudget.ObjectBytes : MemoryBudget.ObjectBytes);
        Push(value);
    }

    private void Push(object? value)
    {
        if (_stack.Count == _highest)
        {
            _budget.Charge(MemoryBudget.SlotBytes);
            _highest++;
        }

        _stack.Add(value);
    }

    private TensorFileException Bad(string what) => _input.Bad(what);
}
