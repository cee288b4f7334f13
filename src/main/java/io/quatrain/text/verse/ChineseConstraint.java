package io.quatrain.text.verse;

import io.quatrain.text.Graphemes;
import io.quatrain.text.Vocabulary;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A Chinese form, place by place: a token may come if what it writes fits and the rhymes still to come can be written after it. */
final class ChineseConstraint extends VerseConstraint {
    /** One place of the poem: a character of a line, or a given text unit (a mark, a head). */
    private record Slot(int line, char tone, @Nullable String rhyme, @Nullable String given, boolean character) { }

    private final List<Slot> slots = new ArrayList<>();
    private final List<List<String>> graphemes = new ArrayList<>();             // of each token
    private final Set<String> reserved = new HashSet<>();                       // given characters, if none may come twice
    private final Map<String, Integer> writable = new TreeMap<>();              // rhyme letter → groups with enough characters
    private final ChineseForm form;
    private final boolean repeats;
    private final Set<String> known = new TreeSet<>();                          // every character of the vocabulary

    ChineseConstraint(ChineseForm form, Vocabulary vocabulary, Set<Integer> banned) {
        super(vocabulary, banned);
        this.form = form;
        this.repeats = form.repeats();
        for (int id = 0; id < vocabulary.size(); id++) {
            List<String> units = !writes(id) ? List.of() : Graphemes.of(vocabulary.token(id));
            graphemes.add(units);
            known.addAll(units);
        }
        for (int i = 0; i < form.lines().size(); i++) {
            ChineseForm.Line line = form.lines().get(i);
            List<String> begins = Graphemes.of(line.begins());
            for (int k = 0; k < line.characters(); k++) {
                String given = k < begins.size() ? begins.get(k) : null;
                boolean last = k == line.characters() - 1;
                slots.add(new Slot(i + 1, line.tones() == null ? '中' : line.tones().charAt(k), last ? line.rhyme() : null, given, true));
                if (given != null && !repeats) {
                    reserved.add(given);
                }
            }
            for (String mark : Graphemes.of(line.mark())) {
                slots.add(new Slot(i + 1, '中', null, mark, false));
            }
        }
        form.refuseContradictions();
        for (Slot slot : slots) {
            if (slot.given() != null && !known.contains(slot.given())) {
                throw missing(slot.line(), slot.given());
            }
        }
        findWritableRhymes();
    }

    /** A rhyme may begin only in a group that has a character for each of its lines. */
    private void findWritableRhymes() {
        Map<String, List<Slot>> byLetter = new TreeMap<>();
        for (Slot slot : slots) {
            if (slot.rhyme() != null) {
                byLetter.computeIfAbsent(slot.rhyme(), letter -> new ArrayList<>()).add(slot);
            }
        }
        byLetter.forEach((letter, places) -> {
            int groups = 0;
            for (int group = 0; group < ChineseSound.RHYMES.size(); group++) {
                int bit = 1 << group;
                groups |= places.stream().allMatch(place -> hasEnough(place, bit, places.size())) ? bit : 0;
            }
            if (groups == 0) {
                throw new IllegalArgumentException("verse: no rhyme group has " + places.size() + " characters of the vocabulary for the lines "
                        + "that rhyme on \"" + letter + "\"; take a form with fewer rhymes, or a model that knows more characters");
            }
            writable.put(letter, groups);
        });
    }

    /** Whether a place can be filled from a rhyme group in which as many lines as {@code needed} must find a character. */
    private boolean hasEnough(Slot place, int group, int needed) {
        if (place.given() != null) {
            return (form.groups(place.given(), '中') & group) != 0;
        }
        return known.stream()
                .filter(c -> ChineseForm.isCharacter(c) && !reserved.contains(c) && (form.groups(c, place.tone()) & group) != 0)
                .limit(needed)
                .count() == needed;
    }

    @Override int shortest() {
        return slots.size();
    }

    @Override int length(String text) {
        return Graphemes.count(text);
    }

    @Override boolean isComplete(String poem) {
        return length(poem) >= slots.size();
    }

    @Override void narrow(String poem, BitSet allowed) {
        State state = new State();
        for (String unit : Graphemes.of(poem)) {
            state.follow(unit);
        }
        state.countRhymes();
        for (int id = allowed.nextSetBit(0); id >= 0; id = allowed.nextSetBit(id + 1)) {
            List<String> units = graphemes.get(id);
            if (units.size() == 1 ? !state.allows(units.get(0)) : !allowsAll(state, units)) {
                allowed.clear(id);
            }
        }
    }

    private boolean allowsAll(State before, List<String> units) {
        State state = new State(before);
        for (String unit : units) {
            if (!state.allows(unit)) {
                return false;
            }
            state.follow(unit);
        }
        return true;
    }

    /** What the lines still to come can rhyme with. */
    private static final class Free {
        final int[] counts;                             // characters of each group that are not used up
        final char tone;
        int pending = 1;                                // lines that need one

        Free(int[] counts, char tone) {
            this.counts = counts;
            this.tone = tone;
        }
    }

    /** What the written part means for what comes. */
    private final class State {
        int at;
        final Set<String> used = new HashSet<>();
        final Map<String, Integer> groups;
        final Set<String> rhymed = new HashSet<>();     // letter and character of each rhyme
        Map<String, Free> free = Map.of();              // by rhyme letter

        State() {
            groups = new HashMap<>(writable);
        }

        State(State other) {
            at = other.at;
            used.addAll(other.used);
            groups = new HashMap<>(other.groups);
            rhymed.addAll(other.rhymed);
            free = other.free;
        }

        /** Counts what could still rhyme, so that no choice uses up what later lines need. */
        void countRhymes() {
            free = new HashMap<>();
            for (int i = at; i < slots.size(); i++) {
                Slot slot = slots.get(i);
                if (slot.rhyme() == null || slot.given() != null) {
                    continue;
                }
                Free before = free.get(slot.rhyme());
                if (before != null) {
                    before.pending++;
                    continue;
                }
                int[] counts = new int[ChineseSound.RHYMES.size()];
                for (String unit : known) {
                    boolean unused = repeats || !used.contains(unit) && !reserved.contains(unit);
                    if (unused && ChineseForm.isCharacter(unit) && !rhymed.contains(slot.rhyme() + unit)) {
                        for (int groups = form.groups(unit, slot.tone()); groups != 0; groups &= groups - 1) {
                            counts[Integer.numberOfTrailingZeros(groups)]++;
                        }
                    }
                }
                free.put(slot.rhyme(), new Free(counts, slot.tone()));
            }
        }

        /** Whether the lines that rhyme on a letter can still be ended after this character, of which groups are those it leaves. */
        private boolean leavesEnough(String letter, int groups, String unit) {
            Free left = free.get(letter);
            if (left == null) {
                return groups != 0;
            }
            int pending = left.pending - (letter.equals(slots.get(at).rhyme()) ? 1 : 0);
            int own = form.groups(unit, left.tone);
            for (int rest = groups; rest != 0; rest &= rest - 1) {
                int group = Integer.numberOfTrailingZeros(rest);
                if (left.counts[group] - (own >> group & 1) >= pending) {
                    return true;
                }
            }
            return false;
        }

        boolean allows(String unit) {
            if (at >= slots.size()) {
                return false;
            }
            Slot slot = slots.get(at);
            if (slot.given() != null) {
                return slot.given().equals(unit);
            }
            if (!ChineseForm.isCharacter(unit) || !repeats && (used.contains(unit) || reserved.contains(unit))) {
                return false;
            }
            if (slot.tone() != '中' && form.groups(unit, slot.tone()) == 0) {
                return false;
            }
            String letter = slot.rhyme();
            if (letter != null && rhymed.contains(letter + unit)) {
                return false;
            }
            if (letter != null && !leavesEnough(letter, form.groups(unit, slot.tone()) & groups.getOrDefault(letter, 0), unit)) {
                return false;
            }
            for (String other : repeats ? Set.<String>of() : free.keySet()) {
                if (!other.equals(letter) && !leavesEnough(other, groups.getOrDefault(other, 0), unit)) {
                    return false;
                }
            }
            return true;
        }

        void follow(String unit) {
            if (at < slots.size() && slots.get(at).character()) {
                Slot slot = slots.get(at);
                used.add(unit);
                if (slot.rhyme() != null) {
                    int mask = form.groups(unit, slot.tone());
                    groups.merge(slot.rhyme(), mask == 0 ? form.groups(unit, '中') : mask, (a, b) -> a & b);
                    rhymed.add(slot.rhyme() + unit);
                }
            }
            at++;
        }
    }
}
